"""The record by time and by person; the one way in which an erased person's name leaves its rows."""

from django.conf import settings
from django.db import migrations, models

# everything but what may change is as it was; only the function below says so, with its owner's rights
GUARD = """
CREATE OR REPLACE FUNCTION flowboard_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE facts text[] := '{subject_label,before,after,salt,erased_seq}';
BEGIN
    IF TG_OP = 'UPDATE' AND current_user = 'flowboard_owner'
        AND current_setting('flowboard.erasing', true) = OLD.id::text
        AND NEW.erased_seq > OLD.seq AND to_jsonb(NEW) - facts = to_jsonb(OLD) - facts
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the record is append-only' USING ERRCODE = 'insufficient_privilege';
END $$;
"""
GUARD_BEFORE = """
CREATE OR REPLACE FUNCTION flowboard_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the record is append-only' USING ERRCODE = 'insufficient_privilege';
END $$;
"""
# the row names a person whose erasure is under way, and a row of the same record tells of it and of this row
ERASE = """
CREATE FUNCTION flowboard_erase(
    row_id uuid, person uuid, telling bigint, new_label text, new_before jsonb, new_after jsonb, new_salt text
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    here uuid := current_setting('flowboard.workspace_id')::uuid;
    held workspaces_activitylog;
    named text;
BEGIN
    SELECT * INTO STRICT held FROM workspaces_activitylog WHERE workspace_id = here AND id = row_id;
    named := lower(concat_ws(' ', held.subject_label, held.before, held.after));
    IF NOT EXISTS (
        SELECT FROM accounts_erasure e JOIN accounts_user u ON u.id = e.user_id
        WHERE u.id = person AND u.erased_at IS NOT NULL
            AND (strpos(named, person::text) > 0 OR strpos(named, lower(e.email)) > 0)
    ) THEN
        RAISE EXCEPTION 'the row does not name a person who is being erased' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NOT EXISTS (
        SELECT FROM workspaces_activitylog t
        WHERE t.workspace_id = here AND t.seq = telling AND t.event = 'person:erased' AND t.subject_id = person
            AND jsonb_exists(t.before -> 'rows', held.seq::text)
    ) THEN
        RAISE EXCEPTION 'no row of the record tells of this erasure' USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM set_config('flowboard.erasing', row_id::text, true);
    UPDATE workspaces_activitylog
        SET subject_label = new_label, before = new_before, after = new_after, salt = new_salt, erased_seq = telling
        WHERE workspace_id = here AND id = row_id;
    PERFORM set_config('flowboard.erasing', '', true);
END $$;
REVOKE ALL ON FUNCTION flowboard_erase(uuid, uuid, bigint, text, jsonb, jsonb, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION flowboard_erase(uuid, uuid, bigint, text, jsonb, jsonb, text) TO flowboard_app;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_erasure"),
        ("workspaces", "0005_supportaccess_mailed_at"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(model_name="activitylog", name="activitylog_newest"),
        migrations.AddIndex(
            model_name="activitylog",
            index=models.Index(fields=["workspace", "created_at", "seq"], name="activitylog_when"),
        ),
        migrations.AddIndex(
            model_name="activitylog",
            index=models.Index(fields=["workspace", "actor", "created_at", "seq"], name="activitylog_person"),
        ),
        migrations.RunSQL(GUARD, GUARD_BEFORE),
        migrations.RunSQL(ERASE, "DROP FUNCTION flowboard_erase(uuid, uuid, bigint, text, jsonb, jsonb, text)"),
    ]
