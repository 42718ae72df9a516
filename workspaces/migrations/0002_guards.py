"""The record refuses UPDATE and DELETE; a slug can be asked for without seeing whose it is."""

from django.db import migrations

APPEND_ONLY = """
CREATE FUNCTION flowboard_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the record is append-only' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON workspaces_activitylog
    FOR EACH ROW EXECUTE FUNCTION flowboard_append_only();
REVOKE UPDATE, DELETE ON workspaces_activitylog FROM flowboard_app, flowboard_ops;
"""
SLUG_TAKEN = """
CREATE FUNCTION flowboard_slug_taken(wanted text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = public AS $$ SELECT EXISTS (SELECT FROM workspaces_workspace WHERE slug = wanted) $$;
"""
# one update a write in one row: leave room on its page, so that it stays a cheap one
HOT = "ALTER TABLE workspaces_stream SET (fillfactor = 50)"


class Migration(migrations.Migration):
    dependencies = [("workspaces", "0001_initial")]

    operations = [
        migrations.RunSQL(
            APPEND_ONLY, "DROP TRIGGER append_only ON workspaces_activitylog; DROP FUNCTION flowboard_append_only()"
        ),
        migrations.RunSQL(SLUG_TAKEN, "DROP FUNCTION flowboard_slug_taken(text)"),
        migrations.RunSQL(HOT, migrations.RunSQL.noop),
    ]
