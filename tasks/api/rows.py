"""Tasks as the API says them, read without making instances: one query a page."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet
from django.http import Http404
from orjson import Fragment
from rest_framework import serializers

from workspaces.actor import Actor
from workspaces.permissions import MEMBER

from ..models import COLORS, Project, Status, Task
from ..models.tasks import VERSIONED
from ..reading.finding import REF, moved_from

# Plain SQL, for through the ORM the making of this statement costs more than running it; and JSON made by PostgreSQL,
# for to load twenty columns of fifty rows costs more than all else.
MOMENT = """to_char(t.{0} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""
MOMENTS = {name: MOMENT.format(name) for name in ("created_at", "updated_at", "completed_at", "archived_at")}
ASSIGNEES = """
 (SELECT coalesce(json_agg(json_build_object('id', u.id, 'name', coalesce(nullif(u.name, ''), u.email)) ORDER BY u.name), '[]')
  FROM tasks_assignment a JOIN accounts_user u ON u.id = a.user_id WHERE a.workspace_id = t.workspace_id AND a.task_id = t.id)"""
LABELS = """
 (SELECT coalesce(json_agg(json_build_object('id', l.id, 'name', l.name, 'color', l.color) ORDER BY l.name), '[]')
  FROM tasks_tasklabel o JOIN tasks_label l ON l.workspace_id = o.workspace_id AND l.id = o.label_id
  WHERE o.workspace_id = t.workspace_id AND o.task_id = t.id AND l.deleted_at IS NULL)"""
PIN = "CASE WHEN coalesce(t.pin_start, t.pin_due) IS NOT NULL THEN json_build_object('start', t.pin_start, 'due', t.pin_due) END"
VERSIONS = "(jsonb_build_object(" + ", ".join(f"'{name}', 1" for name in VERSIONED) + ") || t.field_versions)"
FIELDS = {
    "id": "t.id", "key": "p.key || '-' || t.number", "project": "p.key", "title": "t.title", "description": "t.description",
    "status": "json_build_object('id', s.id, 'name', s.name, 'category', s.category)", "assignees": ASSIGNEES, "labels": LABELS,
    "priority": "t.priority", "due": "t.due", "estimate": "t.estimate", "pin": PIN, "parent": "p.key || '-' || up.number", "version": "t.version",
    "versions": VERSIONS,
    **MOMENTS, "comment_count": "t.comment_count", "checklist_count": "t.checklist_count", "checklist_done": "t.checklist_done",
}  # fmt: skip
SELECT = f"""
SELECT (SELECT row_to_json(task)::text FROM (SELECT {", ".join(f"{sql} AS {name}" for name, sql in FIELDS.items())}) task),
 t.id::text, p.key, t.number, t.priority, t.due::text, {MOMENTS["updated_at"]}, t.rank, t.version, p.id::text, p.private
FROM {{source}}tasks_task t
 JOIN tasks_project p ON p.workspace_id = t.workspace_id AND p.id = t.project_id
 JOIN tasks_status s ON s.workspace_id = t.workspace_id AND s.id = t.status_id
 LEFT JOIN tasks_task up ON up.workspace_id = t.workspace_id AND up.id = t.parent_id AND up.deleted_at IS NULL{{parent}}
WHERE t.workspace_id = %s"""
# access.paths in SQL, of (member or above, person, person): for a task of the project p that stands as {0}
GRANT = "SELECT FROM tasks_taskgrant g WHERE g.workspace_id = p.workspace_id AND g.content_object_id = {0}.id AND g.user_id = %s"
SEEN = f"""
 (%s AND NOT p.private
  OR EXISTS (SELECT FROM tasks_projectgrant g WHERE g.workspace_id = p.workspace_id AND g.content_object_id = p.id AND g.user_id = %s)
  OR EXISTS ({GRANT}))"""
PARENT = f" AND {SEEN.format('up')}"
CHOSEN = (
    "WITH chosen AS (SELECT one.id, row_number() OVER () AS place FROM ({chosen}) one)"
    + SELECT.replace("{source}tasks_task t", "chosen JOIN tasks_task t ON t.id = chosen.id")
    + " ORDER BY chosen.place"
)
OPEN = "archived_at IS NULL AND deleted_at IS NULL AND project_id ="
NAMED = "(SELECT id FROM tasks_project WHERE workspace_id = %s AND key = %s AND deleted_at IS NULL)"
NEWEST = CHOSEN.format(
    chosen=f"SELECT id FROM tasks_task WHERE workspace_id = %s AND {OPEN} {NAMED} ORDER BY number DESC LIMIT %s",
    parent="",
)
# The project, and whether it is shared whole: two statements, for one with OR would walk the board's index past everything
# that is hidden. The second reads the index of what is shared by itself, beside the actor's grants.
AROUND = """
SELECT p.id, EXISTS (SELECT FROM tasks_projectgrant g WHERE g.workspace_id = p.workspace_id AND g.content_object_id = p.id AND g.user_id = %s)
FROM tasks_project p WHERE p.workspace_id = %s AND p.key = %s AND p.deleted_at IS NULL"""
SHOWN = "SELECT content_object_id FROM tasks_taskgrant WHERE workspace_id = %s AND user_id = %s"
NEWEST_SHARED = CHOSEN.format(
    chosen=f"SELECT id FROM tasks_task WHERE workspace_id = %s AND shared AND {OPEN} %s AND id IN ({SHOWN}) ORDER BY number DESC LIMIT %s",
    parent=f" AND EXISTS ({GRANT.format('up')})",
)
BY_ID = SELECT.format(source="", parent=PARENT) + " AND t.id = ANY(%s)"
REF_IS = " AND p.key = %s AND p.deleted_at IS NULL AND t.number = %s AND t.deleted_at IS NULL"
BY_REF = SELECT.format(source="", parent="") + REF_IS
BY_REF_SHARED = SELECT.format(source="", parent=PARENT) + REF_IS + f" AND {SEEN.format('t')}"


class Row(NamedTuple):
    """What `SELECT` selects: the task as JSON, and what orders and rights ask for."""

    body: str
    id: str
    project: str
    number: int
    priority: int
    due: str | None
    updated_at: str
    rank: str
    version: int
    project_id: str
    private: bool

    @property
    def shown(self) -> Fragment:
        """As the API says it."""
        return Fragment(self.body)


class StatusRef(serializers.Serializer[Any]):
    """The column."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    category = serializers.ChoiceField(choices=Status.Category.choices)


class PersonRef(serializers.Serializer[Any]):
    """Somebody on the task."""

    id = serializers.UUIDField()
    name = serializers.CharField()


class LabelRef(serializers.Serializer[Any]):
    """A label on the task."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    color = serializers.ChoiceField(choices=COLORS)


class PinOut(serializers.Serializer[Any]):
    """Where a planner must leave the task."""

    start = serializers.DateField(allow_null=True, help_text="it must begin on this day")
    due = serializers.DateField(allow_null=True, help_text="it must be due on this day")


VersionsOut = type(
    "VersionsOut",
    (serializers.Serializer,),
    {name: serializers.IntegerField() for name in VERSIONED}
    | {"__doc__": "The version at which each field last changed; `place` is the column and the order in it."},
)


class TaskOut(serializers.Serializer[Any]):
    """A card of work."""

    id = serializers.UUIDField()
    key = serializers.CharField(help_text="FLOW-42")
    project = serializers.CharField(help_text="FLOW")
    title = serializers.CharField()
    description = serializers.CharField(help_text="Markdown")
    status = StatusRef()
    assignees = PersonRef(many=True)
    labels = LabelRef(many=True)
    priority = serializers.IntegerField(min_value=0, max_value=4, help_text="0 none, 1 low, 2 medium, 3 high, 4 urgent")
    due = serializers.DateField(allow_null=True)
    estimate = serializers.IntegerField(allow_null=True, help_text="points")
    pin = PinOut(allow_null=True)
    parent = serializers.CharField(allow_null=True, help_text="FLOW-7: the task that this one stands below")
    version = serializers.IntegerField(help_text="counts the edits: the ETag")
    versions = VersionsOut(help_text="of each field: the version at which it last changed")
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    completed_at = serializers.DateTimeField(allow_null=True)
    archived_at = serializers.DateTimeField(allow_null=True)
    comment_count = serializers.IntegerField()
    checklist_count = serializers.IntegerField()
    checklist_done = serializers.IntegerField()


def _rows(statement: str, *values: Any) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [Row._make(row) for row in cursor.fetchall()]


def task_rows(by: Actor, ids: Sequence[UUID]) -> list[Row]:
    """The rows of these tasks, in their order; whoever asks has looked at them with the actor's eyes."""
    found = {row.id: row for row in _rows(BY_ID, *_eyes(by), by.workspace.pk, list(ids))} if ids else {}
    return [found[key] for key in map(str, ids) if key in found]


def task_page(by: Actor) -> Callable[[QuerySet[Task]], list[Row]]:
    """Reads what a queryset chooses, in its order, in one statement."""

    def read(chosen: QuerySet[Task]) -> list[Row]:
        sql, values = chosen.values("id").query.sql_with_params()
        return _rows(CHOSEN.format(chosen=sql, parent=PARENT), *values, *_eyes(by), by.workspace.pk)

    return read


def newest(by: Actor, key: str, most: int) -> list[Row]:
    """A project's newest tasks. What is asked for most needs no queryset to be built each time."""
    return _rows(NEWEST, by.workspace.pk, by.workspace.pk, key, most, by.workspace.pk)


def newest_shared(by: Actor, key: str, most: int) -> list[Row]:
    """The newest of those tasks that grants show the actor, of the project or of single ones."""
    here, who = by.workspace.pk, by.user.pk
    with connection.cursor() as cursor:
        cursor.execute(AROUND, [who, here, key])
        project, whole = cursor.fetchone() or (None, False)
    if whole:
        return newest(by, key, most)
    return _rows(NEWEST_SHARED, here, project, here, who, most, who, here) if project else []


def _eyes(by: Actor) -> tuple[bool, UUID, UUID]:
    """What SEEN asks for."""
    return by.level >= MEMBER, by.user.pk, by.user.pk


def task_shown(by: Actor, task: Task) -> Row:
    """A task that an action has just returned, as it stands now."""
    return task_rows(by, [task.pk])[0]


def read_task(by: Actor, ref: str) -> Row:
    """One task by FLOW-42, in one query; 404 for what is not there or not theirs."""
    if (named := REF.fullmatch(ref)) is None:
        raise Http404
    try:
        return _at(by, named[1], int(named[2]))
    except Http404:
        moved = Task.objects.within(by.workspace).filter(pk__in=moved_from(by, named[1], int(named[2])))
        if (now := moved.values_list("project__key", "number").first()) is None:
            raise
        return _at(by, *now)


def _at(by: Actor, key: str, number: int) -> Row:
    asked = by.workspace.pk, key, number
    if by.level >= MEMBER and (((found := _rows(BY_REF, *asked)) and is_whole(by, found[0])) or not found):
        return _only(found)
    return _only(_rows(BY_REF_SHARED, *_eyes(by), *asked, *_eyes(by)))


def _only(found: list[Row]) -> Row:
    if not found:
        raise Http404
    return found[0]


def is_whole(by: Actor, row: Row) -> bool:
    """Whether the actor sees all of the task's project, by the project's own rule: as much of one as that asks for."""
    return Project(id=UUID(row.project_id), workspace_id=by.workspace.pk, private=row.private).whole_to(by)
