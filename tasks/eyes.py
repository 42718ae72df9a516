"""Which projects people see, as the record and the live socket ask it."""

from workspaces.feed import ProjectEyes

# ProjectQuerySet.visible_to for many people at once, NULL for every member. Deleted projects stay in it: that one was
# deleted is to be seen, and undone, by whoever saw it.
SEEN = """
SELECT NULL::uuid, id FROM tasks_project WHERE workspace_id = %(workspace)s AND NOT private
UNION ALL
SELECT DISTINCT user_id, content_object_id FROM tasks_projectgrant
WHERE workspace_id = %(workspace)s AND user_id = ANY(%(people)s::uuid[])
"""
CHANGES = frozenset(f"project:{what}" for what in ("created", "updated", "shared", "unshared"))

PROJECT_EYES = ProjectEyes(SEEN, CHANGES)
