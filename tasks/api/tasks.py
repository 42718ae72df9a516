"""One task: reading, changing, moving, archiving, deleting it."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from rest_framework.request import Request

from workspaces.answers import problem
from workspaces.api.activity import ActivityOut, activity_page
from workspaces.errors import Stale
from workspaces.feed import rows_for
from workspaces.rest.cursor import PageQuery
from workspaces.rest.fields import Nothing
from workspaces.rest.match import base_version, etag
from workspaces.rest.schema import describes
from workspaces.rest.view import Endpoint, answer, nothing

from ..actions import archive_task, delete_task, move_task, pin_task, restore_task, unpin_task, update_task
from ..actions.meeting import Conflicting, Elsewhere
from ..models import Task
from ..reading.addresses import rows_about
from ..reading.finding import find_task
from .naming import fields_named, status_named, task_named
from .rows import TaskOut, read_task, task_shown
from .shapes import Move, Pin, TaskChange


class TaskEndpoint(Endpoint):
    """Finds the task, and answers a stale write with the row as it is now."""

    def act(self, ref: str, verb: Callable[..., Any]) -> HttpResponse:
        """`verb(task, base_version=…)`, then the task."""
        task = find_task(self.by, ref)
        try:
            verb(task, base_version=base_version(self.request._request, task.version))
        except Stale as stale:
            return problem(412, stale.words, current=task_shown(self.by, task).shown)
        except (Conflicting, Elsewhere) as no:
            return problem(
                409, no.words, errors={no.field: [no.words]}, **no.members, current=task_shown(self.by, task).shown
            )
        row = task_shown(self.by, task)
        return answer(row.shown, ETag=etag(row.version))


class OneTask(TaskEndpoint):
    """One task."""

    @describes("read_task", TaskOut)
    def get(self, request: Request, workspace: str, ref: str) -> HttpResponse:
        """The task."""
        row = read_task(self.by, ref)
        return answer(row.shown, ETag=etag(row.version))

    @describes("update_task", TaskOut, body=TaskChange, match=True)
    def patch(self, request: Request, workspace: str, ref: str) -> HttpResponse:
        """Change what is sent. With If-Match only if nobody else has changed the task; with `versions` texts are merged."""

        def change(task: Task, base_version: int | None) -> None:
            self.by.must("task.edit", task)
            said = self.given(TaskChange)
            bases = said.pop("versions", None)
            fields = fields_named(self.by, task.project, said, task)
            update_task(self.by, task, base_version=base_version, bases=bases, **fields)

        return self.act(ref, change)

    @describes("delete_task", status=204, match=True)
    def delete(self, request: Request, workspace: str, ref: str) -> HttpResponse:
        """Delete it: hidden everywhere, and brought back by undoing the change."""
        response = self.act(ref, lambda task, base_version: delete_task(self.by, task, base_version=base_version))
        return nothing() if response.status_code == 200 else response


class MoveTask(TaskEndpoint):
    """Moving a task."""

    @describes("move_task", TaskOut, body=Move, match=True)
    def post(self, request: Request, workspace: str, ref: str) -> HttpResponse:
        """Move it to a column, below `after` or to the top."""

        def move(task: Task, base_version: int | None) -> None:
            self.by.must("task.edit", task)
            said = self.given(Move)
            to = status_named(task.project, said["status"]) if "status" in said else task.status
            after = task_named(self.by, task.project, said.get("after"), "after")
            move_task(self.by, task, to=to, after=after, base_version=base_version, seen=said.get("version"))

        return self.act(ref, move)


class PinTask(TaskEndpoint):
    """Where a planner must leave a task."""

    @describes("pin_task", TaskOut, body=Pin, match=True)
    def put(self, request: Request, workspace: str, ref: str) -> HttpResponse:
        """Pin it to the day on which it must begin, be due, or both; it stays pinned until somebody unpins it."""

        def pin(task: Task, base_version: int | None) -> None:
            self.by.must("task.edit", task)
            pin_task(self.by, task, base_version=base_version, **self.given(Pin))

        return self.act(ref, pin)

    @describes("unpin_task", TaskOut, match=True)
    def delete(self, request: Request, workspace: str, ref: str) -> HttpResponse:
        """Let a planner move it again."""
        return self.act(ref, lambda task, base_version: unpin_task(self.by, task, base_version=base_version))


class ArchiveTask(TaskEndpoint):
    """Archiving a task."""

    @describes("archive_task", TaskOut, match=True)
    def post(self, request: Request, workspace: str, ref: str) -> HttpResponse:
        """Take it off the board and keep it."""
        self.given(Nothing)
        return self.act(ref, lambda task, base_version: archive_task(self.by, task, base_version=base_version))


class RestoreTask(TaskEndpoint):
    """Restoring a task."""

    @describes("restore_task", TaskOut, match=True)
    def post(self, request: Request, workspace: str, ref: str) -> HttpResponse:
        """Bring it back to its column."""
        self.given(Nothing)
        return self.act(ref, lambda task, base_version: restore_task(self.by, task, base_version=base_version))


class TaskActivity(Endpoint):
    """A task's history."""

    @describes("list_task_activity", ActivityOut, query=PageQuery, page=True)
    def get(self, request: Request, workspace: str, ref: str) -> HttpResponse:
        """What happened to the task, newest first."""
        task = find_task(self.by, ref)
        rows = rows_for(self.by).filter(rows_about(self.by, task)).select_related("actor", "on_behalf_of")
        return activity_page(self, rows, self.asked(PageQuery))
