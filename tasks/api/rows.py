"""Tasks as the API says them, read without making instances: one query a page."""

from typing import Any

import orjson
from django.db.models import QuerySet, TextField
from django.db.models.expressions import RawSQL
from django.http import Http404
from rest_framework import serializers

from workspaces.actor import Actor

from ..models import COLORS, Status, Task
from ..reading.finding import REF

COLUMNS = (
    "id", "number", "project__key", "title", "description", "status_id", "status__name", "status__category", "priority", "due",
    "estimate", "parent__number", "version", "created_at", "updated_at", "completed_at", "archived_at", "comment_count",
    "checklist_count", "checklist_done", "rank",
)  # fmt: skip
# JSON made by PostgreSQL and passed through as it is
ASSIGNEES = """(SELECT coalesce(json_agg(json_build_object('id', u.id, 'name', coalesce(nullif(u.name, ''), u.email)) ORDER BY u.name), '[]')::text
 FROM tasks_assignment a JOIN accounts_user u ON u.id = a.user_id
 WHERE a.workspace_id = tasks_task.workspace_id AND a.task_id = tasks_task.id)"""
LABELS = """(SELECT coalesce(json_agg(json_build_object('id', l.id, 'name', l.name, 'color', l.color) ORDER BY l.name), '[]')::text
 FROM tasks_tasklabel t JOIN tasks_label l ON l.id = t.label_id AND l.workspace_id = t.workspace_id
 WHERE t.workspace_id = tasks_task.workspace_id AND t.task_id = tasks_task.id AND l.deleted_at IS NULL)"""


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
    parent = serializers.CharField(allow_null=True, help_text="FLOW-7: the task that this one stands below")
    version = serializers.IntegerField(help_text="counts the edits: the ETag")
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    completed_at = serializers.DateTimeField(allow_null=True)
    archived_at = serializers.DateTimeField(allow_null=True)
    comment_count = serializers.IntegerField()
    checklist_count = serializers.IntegerField()
    checklist_done = serializers.IntegerField()


def task_values(rows: QuerySet[Task]) -> QuerySet[Any]:
    """The rows with all that `task_row` needs, as dicts."""
    text = TextField()
    return rows.annotate(people=RawSQL(ASSIGNEES, [], text), tags=RawSQL(LABELS, [], text)).values(
        *COLUMNS, "people", "tags"
    )


def task_row(row: dict[str, Any]) -> dict[str, Any]:
    """One of `task_values` as the API says it."""
    key = row["project__key"]
    return {
        "id": row["id"], "key": f"{key}-{row['number']}", "project": key, "title": row["title"], "description": row["description"],
        "status": {"id": row["status_id"], "name": row["status__name"], "category": row["status__category"]},
        "assignees": orjson.Fragment(row["people"]), "labels": orjson.Fragment(row["tags"]), "priority": row["priority"],
        "due": row["due"], "estimate": row["estimate"],
        "parent": f"{key}-{row['parent__number']}" if row["parent__number"] else None, "version": row["version"],
        "created_at": row["created_at"], "updated_at": row["updated_at"], "completed_at": row["completed_at"],
        "archived_at": row["archived_at"], "comment_count": row["comment_count"], "checklist_count": row["checklist_count"],
        "checklist_done": row["checklist_done"],
    }  # fmt: skip


def task_shown(task: Task) -> dict[str, Any]:
    """A task that an action has just returned, as it stands now."""
    return task_row(task_values(Task.objects.within(task.workspace_id).filter(pk=task.pk))[0])


def read_task(by: Actor, ref: str) -> dict[str, Any]:
    """One task by FLOW-42, in one query; 404 for what is not there or not theirs."""
    named = REF.fullmatch(ref)
    if named is None:
        raise Http404
    rows = Task.objects.visible_to(by).filter(project__key=named[1], project__deleted_at=None, number=int(named[2]))
    row = task_values(rows).first()
    if row is None:
        raise Http404
    return task_row(row)
