"""Lists of tasks: a project's, and what a search finds in all that one sees."""

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpResponse
from rest_framework.request import Request

from workspaces.actor import Actor
from workspaces.api.roles import as_uuid
from workspaces.errors import Refused
from workspaces.rest.cursor import Key, paged, uuid
from workspaces.rest.match import etag
from workspaces.rest.schema import describes
from workspaces.rest.view import Endpoint, answer

from ..actions import create_task
from ..models import Assignment, Project, Task, TaskLabel
from ..reading.filters import words
from ..reading.finding import find_project
from .naming import fields_named, labels_named, people_named, status_named, task_named
from .orders import ORDERS
from .rows import TaskOut, task_row, task_rows, task_shown
from .shapes import SearchQuery, TaskIn, TaskQuery

NEWEST = [Key("id", uuid, down=True)]


class TaskList(Endpoint):
    """First which tasks, from an index; then all of them at once."""

    def tasks(self, rows: QuerySet[Task], keys: list[Key], asked: dict[str, Any], order: str = "") -> HttpResponse:
        """One page."""
        page = paged(rows.values("id", *(key.name for key in keys if key.name != "id")), keys, asked, order=order)
        found = task_rows(self.by, [row["id"] for row in page.rows])
        return answer(page.shown(self.request._request, [task_row(row) for row in found]))


class Tasks(TaskList):
    """The tasks of a project."""

    @describes("list_tasks", TaskOut, query=TaskQuery, page=True)
    def get(self, request: Request, workspace: str, key: str) -> HttpResponse:
        """The tasks of a project that pass all filters."""
        asked = self.asked(TaskQuery)
        project = find_project(self.by, key)
        rows = filtered(self.by, project, asked)
        order = asked["ordering"]
        return self.tasks(rows, ORDERS[order], asked, order)

    @describes("create_task", TaskOut, status=201, body=TaskIn)
    def post(self, request: Request, workspace: str, key: str) -> HttpResponse:
        """Make a task."""
        said = self.given(TaskIn)
        project = find_project(self.by, key)
        self.by.must("task.create", project)
        to = status_named(project, said.pop("status")) if "status" in said else None
        task = create_task(
            self.by, project, to=to, at_top=said.pop("at_top", False), **fields_named(self.by, project, said)
        )
        return answer(task_shown(self.by, task), 201, ETag=etag(task.version))


def filtered(by: Actor, project: Project, asked: dict[str, Any]) -> QuerySet[Task]:
    """The project's tasks that pass what was asked."""
    rows = Task.objects.within(by.workspace).filter(project=project)
    rows = rows.filter(archived_at__isnull=False, deleted_at=None) if asked.get("archived") else rows.open()
    if asked["ordering"] == "rank" and "status" not in asked:
        raise Refused("The order `rank` is that of one column: say which `status`.", "ordering")
    for name, apply in FILTERS.items():
        if name in asked:
            rows = apply(by, project, rows, asked[name])
    return rows


def _assignee(by: Actor, project: Project, rows: QuerySet[Task], said: str) -> QuerySet[Task]:
    there = Assignment.objects.filter(workspace=by.workspace, task=OuterRef("pk"))
    if said == "none":
        return rows.filter(~Exists(there))
    person = as_uuid(said) or people_named(by, project, [said], "assignee")[0].pk
    return rows.filter(Exists(there.filter(user=person)))


def _label(by: Actor, project: Project, rows: QuerySet[Task], said: str) -> QuerySet[Task]:
    there = TaskLabel.objects.filter(workspace=by.workspace, task=OuterRef("pk"))
    return rows.filter(Exists(there.filter(label=labels_named(project, [said], "label")[0])))


FILTERS: dict[str, Any] = {
    "status": lambda by, project, rows, said: rows.filter(status=status_named(project, said)),
    "assignee": _assignee,
    "label": _label,
    "priority": lambda by, project, rows, said: rows.filter(priority=said),
    "parent": lambda by, project, rows, said: rows.filter(parent=task_named(project, said, "parent")),
    "q": lambda by, project, rows, said: rows.filter(words(said)),
    "due_before": lambda by, project, rows, said: rows.filter(due__lt=said),
    "due_after": lambda by, project, rows, said: rows.filter(due__gt=said),
}


class Search(TaskList):
    """Search in all projects that you see."""

    @describes("search", TaskOut, query=SearchQuery, page=True, tag="search")
    def get(self, request: Request, workspace: str) -> HttpResponse:
        """The tasks that hold all these words, newest first; archived ones too."""
        asked = self.asked(SearchQuery)
        rows = Task.objects.visible_to(self.by).filter(words(asked["q"]))
        return self.tasks(rows, NEWEST, asked)
