"""…/projects/<KEY>/board: the columns with the first page of each."""

from collections.abc import Iterator
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from rest_framework import serializers
from rest_framework.request import Request

from workspaces.actor import Actor
from workspaces.rest.cursor import Place
from workspaces.rest.schema import describes
from workspaces.rest.view import Endpoint, answer

from ..models import Project, Status, StatusTally, Task
from ..reading.board import shared_columns
from ..reading.finding import find_project
from .rows import Row, TaskOut, task_rows

FIRST = 50


class ColumnOut(serializers.Serializer[Any]):
    """A column and its first tasks."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    category = serializers.ChoiceField(choices=Status.Category.choices)
    wip_limit = serializers.IntegerField(allow_null=True)
    count = serializers.IntegerField(help_text="of all its open tasks")
    tasks = TaskOut(many=True, help_text=f"the first {FIRST}, in order")
    next = serializers.URLField(allow_null=True, help_text="where the tasks below these are")


class BoardOut(serializers.Serializer[Any]):
    """A board."""

    columns = ColumnOut(many=True)


class Board(Endpoint):
    """A project's board."""

    @describes("read_board", BoardOut, tag="projects")
    def get(self, request: Request, workspace: str, key: str) -> HttpResponse:
        """The columns with the first tasks of each, in order."""
        project = find_project(self.by, key)
        columns = list(_columns(self.by, project))
        ids = [pk for column in columns for pk in column.first[:FIRST]]
        rows = {row.id: row for row in task_rows(self.by, ids)}
        return answer({"columns": [_column(request._request, column, rows) for column in columns]})


class SlashedBoard(Board):
    """The same address with a slash at its end, as all others have it."""

    schema = None


def _columns(by: Actor, project: Project) -> Any:
    """Each with its kept count and the ids of its first cards, by the board's own index; seen in part, with what is shared."""
    rows = project.statuses.filter(deleted_at=None).order_by("rank")
    if not project.whole_to(by):
        return _shared(by, project, rows)
    cards = Task.objects.within(by.workspace).filter(project=project, status=OuterRef("pk")).open().order_by("rank")
    tally = StatusTally.objects.filter(workspace=by.workspace, status=OuterRef("pk")).values("open")
    return rows.annotate(count=Subquery(tally), first=ArraySubquery(cards.values("pk")[: FIRST + 1]))


def _shared(by: Actor, project: Project, rows: Any) -> Iterator[Status]:
    """A limit is of all cards, and told to nobody who sees but some."""
    seen = shared_columns(by, project, FIRST + 1)
    for column in rows:
        column.first, column.count = seen.get(column.pk, ([], 0))
        column.wip_limit = None
        yield column


def _column(request: HttpRequest, column: Any, rows: dict[str, Row]) -> dict[str, Any]:
    found = [rows[key] for key in map(str, column.first[:FIRST]) if key in rows]
    return status_row(column) | {
        "count": column.count or 0,
        "tasks": [row.shown for row in found],
        "next": _below(request, column, found[-1].rank) if len(column.first) > FIRST and found else None,
    }


def _below(request: HttpRequest, column: Status, rank: str) -> str:
    """The page of the list of tasks that goes on after this rank."""
    base = request.path.rstrip("/").removesuffix("board")
    return request.build_absolute_uri(
        f"{base}tasks/?status={column.pk}&ordering=rank&cursor={Place((rank,)).written('rank')}"
    )


def status_row(status: Status) -> dict[str, Any]:
    """A column as the API says it."""
    return {"id": status.pk, "name": status.name, "category": status.category, "wip_limit": status.wip_limit}
