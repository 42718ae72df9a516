"""The head check: where the streams of several workspaces stand, in one query of the application's role."""

from django.db import migrations

# who asks knows the ids already; a counter and an epoch are all that is told
HEADS = """
CREATE FUNCTION flowboard_heads(workspaces uuid[])
    RETURNS TABLE (workspace_id uuid, head bigint, floor bigint, epoch uuid)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT s.workspace_id, s.head, s.floor, s.epoch FROM workspaces_stream s WHERE s.workspace_id = ANY(workspaces)
$$;
REVOKE ALL ON FUNCTION flowboard_heads(uuid[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION flowboard_heads(uuid[]) TO flowboard_app, flowboard_ops;
"""


class Migration(migrations.Migration):
    dependencies = [("workspaces", "0001_initial")]

    operations = [migrations.RunSQL(HEADS, "DROP FUNCTION flowboard_heads(uuid[])")]
