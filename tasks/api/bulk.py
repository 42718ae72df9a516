"""…/tasks/bulk/: one act on many tasks."""

from collections import defaultdict
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.request import Request

from workspaces.actor import Actor
from workspaces.errors import Refused
from workspaces.models import ChangeSet
from workspaces.rest.schema import describes
from workspaces.rest.view import Endpoint, answer
from workspaces.spine import acting

from ..actions import archive_task, move_task, restore_task, update_task
from ..models import Project, Status, Task
from ..reading.finding import tasks_by_ref
from .naming import fields_named, status_named
from .rows import TaskOut, task_rows
from .shapes import Bulk


class BulkOut(serializers.Serializer[Any]):
    """What came of it."""

    change = serializers.UUIDField(
        allow_null=True, help_text="undo it with POST …/changes/<id>/undo/; null when nothing changed"
    )
    results = TaskOut(many=True)


class BulkTasks(Endpoint):
    """Many tasks at once."""

    @describes("bulk_tasks", BulkOut, body=Bulk)
    def post(self, request: Request, workspace: str) -> HttpResponse:
        """Set the same on many tasks: all of it, or nothing. One change, which can be undone."""
        said = self.given(Bulk)
        found = find_tasks(self.by, said["tasks"])
        title = f"Changed {len(found)} tasks" if len(found) > 1 else ""
        with acting(self.by, kind=ChangeSet.Kind.BULK, title=title) as act:
            _apply(self.by, found, said["set"])
        rows = task_rows(self.by, [task.pk for task in found])
        return answer({"change": act.change_id if act.rows else None, "results": [row.shown for row in rows]})


def find_tasks(by: Actor, refs: list[str]) -> list[Task]:
    """All of them in the order of the refs; a missing one is named."""
    found = tasks_by_ref(by, refs)
    if missing := [ref for ref in refs if ref not in found]:
        raise Refused(f"There is no task {missing[0][:20]}, or it is not shared with you.", "tasks")
    return [found[ref] for ref in dict.fromkeys(refs)]


def _apply(by: Actor, tasks: list[Task], said: dict[str, Any]) -> None:
    """Project by project, so that names are looked up once in each."""
    groups: dict[UUID, list[Task]] = defaultdict(list)
    for task in tasks:
        by.must("task.edit", task)
        groups[task.project_id].append(task)
    for group in groups.values():
        _set(by, group[0].project, group, dict(said))


def _set(by: Actor, project: Project, tasks: list[Task], said: dict[str, Any]) -> None:
    archived = said.pop("archived", None)
    to = status_named(project, said.pop("status")) if "status" in said else None
    fields = fields_named(by, project, said)
    foot = _foot(to) if to else None
    for task in tasks:
        if fields:
            update_task(by, task, **fields)
        if to and task.status_id != to.pk:
            foot = move_task(by, task, to=to, after=foot)
        if archived is not None:
            (archive_task if archived else restore_task)(by, task)


def _foot(to: Status) -> Task | None:
    """The column's last card."""
    rows = (
        Task.objects.within(to.workspace_id)
        .filter(project=to.project, status=to)
        .open()
        .select_related("project", "status")
    )
    return rows.order_by("-rank").first()  # type: ignore[no-any-return]
