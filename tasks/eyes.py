"""Which projects and single tasks people see, as the record and the live socket ask it."""

from workspaces.feed import ProjectEyes

# access.paths for many people at once: (person, or NULL for every member; project, or NULL; task, or NULL). What is
# deleted stays in it: that it was deleted is to be seen, and undone, by whoever saw it.
SEEN = """
SELECT NULL::uuid, id, NULL::uuid FROM tasks_project WHERE workspace_id = %(workspace)s AND NOT private
UNION ALL
SELECT DISTINCT user_id, content_object_id, NULL::uuid FROM tasks_projectgrant
WHERE workspace_id = %(workspace)s AND user_id = ANY(%(people)s::uuid[])
UNION ALL
SELECT DISTINCT user_id, NULL::uuid, content_object_id FROM tasks_taskgrant
WHERE workspace_id = %(workspace)s AND user_id = ANY(%(people)s::uuid[])
"""
CHANGES = frozenset(
    [*(f"project:{what}" for what in ("created", "updated", "shared", "unshared")), "task:shared", "task:unshared"]
)

# what people call a project and a task, to their ids, and whether one of some tasks is of that project
NAMED = """
SELECT p.id, t.id, EXISTS (
    SELECT FROM tasks_task s
    WHERE s.workspace_id = p.workspace_id AND s.project_id = p.id AND s.id = ANY(%(tasks)s::uuid[])
)
FROM tasks_project p LEFT JOIN tasks_task t
    ON t.workspace_id = p.workspace_id AND t.project_id = p.id AND t.number = %(number)s AND t.deleted_at IS NULL
WHERE p.workspace_id = %(workspace)s AND p.key = %(key)s AND p.deleted_at IS NULL
"""

PROJECT_EYES = ProjectEyes(SEEN, CHANGES, NAMED)
