"""The end of a workspace that was deleted more than 30 days ago: the one way in which rows leave the record."""

from django.db import migrations, models

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
    IF TG_OP = 'DELETE' AND current_user = 'flowboard_owner'
        AND current_setting('flowboard.purging', true) = OLD.workspace_id::text
    THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'the record is append-only' USING ERRCODE = 'insufficient_privilege';
END $$;
"""
GUARD_BEFORE = """
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
# its row stays locked until the end of the transaction: nobody brings it back meanwhile, and nobody else purges
OVER = """
CREATE FUNCTION flowboard_hold_is_over(target uuid) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM workspaces_workspace
        WHERE id = target AND deleted_at <= now() - interval '30 days' FOR NO KEY UPDATE NOWAIT;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the workspace lives, or can still be brought back' USING ERRCODE = 'insufficient_privilege';
    END IF;
END $$;
REVOKE ALL ON FUNCTION flowboard_hold_is_over(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION flowboard_hold_is_over(uuid) TO flowboard_ops;
"""
# a range of the key's index, newest first, so that a row goes before what it points back at
PURGE = """
CREATE FUNCTION flowboard_purge(target uuid, relation text, below uuid, most integer, OUT gone integer, OUT lowest uuid)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM flowboard_hold_is_over(target);
    EXECUTE format('SELECT id FROM %I WHERE workspace_id = $1 AND id < $2 ORDER BY id DESC OFFSET $3 - 1 LIMIT 1', relation)
        INTO lowest USING target, below, most;
    PERFORM set_config('flowboard.purging', target::text, true);
    EXECUTE format('DELETE FROM %I WHERE workspace_id = $1 AND id < $2 AND id >= $3', relation)
        USING target, below, coalesce(lowest, '00000000-0000-0000-0000-000000000000');
    GET DIAGNOSTICS gone = ROW_COUNT;
    PERFORM set_config('flowboard.purging', '', true);
END $$;
REVOKE ALL ON FUNCTION flowboard_purge(uuid, text, uuid, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION flowboard_purge(uuid, text, uuid, integer) TO flowboard_ops;
"""
# what the staff did stays, without the name; what it noted about its people goes
ACTS = """
CREATE FUNCTION flowboard_purge_acts(target uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM flowboard_hold_is_over(target);
    DELETE FROM accounts_staffact WHERE tenant = target AND verb = 'note';
    UPDATE accounts_staffact SET subject = '' WHERE tenant = target AND subject <> '';
END $$;
REVOKE ALL ON FUNCTION flowboard_purge_acts(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION flowboard_purge_acts(uuid) TO flowboard_ops;
"""
# else whoever can write the row could say that it was deleted long ago
DELETED_NOW = """
CREATE FUNCTION flowboard_deleted_now() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.deleted_at < now() - interval '1 hour' AND (TG_OP = 'INSERT' OR NEW.deleted_at IS DISTINCT FROM OLD.deleted_at)
        AND NOT pg_has_role(current_user, 'flowboard_owner', 'MEMBER')
    THEN
        RAISE EXCEPTION 'a workspace is deleted now, not in the past' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER deleted_now BEFORE INSERT OR UPDATE OF deleted_at ON workspaces_workspace
    FOR EACH ROW WHEN (NEW.deleted_at IS NOT NULL) EXECUTE FUNCTION flowboard_deleted_now();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0008_staffact"),
        ("workspaces", "0011_usage"),
    ]

    operations = [
        migrations.AddField(
            model_name="workspace",
            name="warned_at",
            field=models.DateTimeField(
                blank=True,
                editable=False,
                help_text="when its owners were told that it goes for good",
                null=True,
            ),
        ),
        migrations.AddIndex(
            model_name="changeset",
            index=models.Index(
                condition=models.Q(("undoes", None), _negated=True),
                fields=["workspace", "undoes"],
                name="changeset_undoes",
            ),
        ),
        migrations.RunSQL(GUARD, GUARD_BEFORE),
        migrations.RunSQL(OVER, "DROP FUNCTION flowboard_hold_is_over(uuid)"),
        migrations.RunSQL(PURGE, "DROP FUNCTION flowboard_purge(uuid, text, uuid, integer)"),
        migrations.RunSQL(ACTS, "DROP FUNCTION flowboard_purge_acts(uuid)"),
        migrations.RunSQL(
            DELETED_NOW, "DROP TRIGGER deleted_now ON workspaces_workspace; DROP FUNCTION flowboard_deleted_now()"
        ),
    ]
