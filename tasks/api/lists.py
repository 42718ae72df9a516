"""Lists of tasks: a project's, and what a search finds in all that one sees."""

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.http import HttpResponse
from rest_framework.request import Request

from workspaces.actor import Actor
from workspaces.errors import Refused
from workspaces.permissions import MEMBER
from workspaces.rest.cursor import Key, Page, Place, page_of, paged, uuid
from workspaces.rest.match import etag
from workspaces.rest.schema import describes
from workspaces.rest.view import Endpoint, answer
from workspaces.rules import as_uuid

from ..actions import create_task
from ..models import Assignment, Project, Task, TaskLabel
from ..reading.filters import words
from ..reading.finding import find_project
from .naming import fields_named, labels_named, people_named, status_named, task_named
from .orders import ORDERS
from .rows import TaskOut, is_whole, newest, newest_shared, task_page, task_shown
from .shapes import SearchQuery, TaskIn, TaskQuery

NEWEST = [Key("id", uuid, down=True)]
PLAIN = {"limit", "ordering"}


class Tasks(Endpoint):
    """The tasks of a project."""

    @describes("list_tasks", TaskOut, query=TaskQuery, page=True)
    def get(self, request: Request, workspace: str, key: str) -> HttpResponse:
        """The tasks of a project that pass all filters."""
        asked, shared = self.asked(TaskQuery), self.by.level < MEMBER
        page = self._page(key, asked, asked["ordering"], shared=shared)
        if not shared and page.rows and not is_whole(self.by, page.rows[0]):  # a member outside of a private project
            page = self._page(key, asked, asked["ordering"], shared=True)
        if not page.rows:
            find_project(self.by, key)  # 404, or it is empty
        return answer(page.shown(request._request, [row.shown for row in page.rows]))

    def _page(self, key: str, asked: dict[str, Any], order: str, *, shared: bool) -> Page:
        """`shared` reads with the grants; without it the caller looks whether the project is the actor's to see whole."""
        if asked.keys() <= PLAIN and order == "-number":
            rows = (newest_shared if shared else newest)(self.by, key, asked["limit"] + 1)
            return page_of(rows, ORDERS[order], Place(), asked["limit"], order)
        rows = filtered(self.by, key, asked, shared=shared)
        return paged(rows, ORDERS[order], asked, order=order, read=task_page(self.by))

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
        return answer(task_shown(self.by, task).shown, 201, ETag=etag(task.version))


def filtered(by: Actor, key: str, asked: dict[str, Any], *, shared: bool) -> QuerySet[Task]:
    """The project's tasks that pass what was asked; the project itself is only looked up for a filter's or grant's sake."""
    if asked["ordering"] == "rank" and "status" not in asked:
        raise Refused("The order `rank` is that of one column: say which `status`.", "ordering")
    named = Project.objects.within(by.workspace).filter(key=key, deleted_at=None).values("pk")
    filters = [name for name in FILTERS if name in asked]
    project = find_project(by, key) if filters or shared else None
    rows = Task.objects.within(by.workspace).filter(project=project.pk if project else Subquery(named))
    rows = rows.shared_with(by) if shared and not project.whole_to(by) else rows  # type: ignore[union-attr]
    rows = rows.filter(archived_at__isnull=False, deleted_at=None) if asked.get("archived") else rows.open()
    for name in filters:
        rows = FILTERS[name](by, project, rows, asked[name])
    return rows


def _assignee(by: Actor, project: Project, rows: QuerySet[Task], said: str) -> QuerySet[Task]:
    there = Assignment.objects.filter(workspace=by.workspace, task=OuterRef("pk"))
    if said == "none":
        return rows.filter(~Exists(there))
    person = as_uuid(said) or people_named(by, project, [said], "assignee")[0].pk
    return rows.filter(Exists(there.filter(user=person)))


def _label(by: Actor, project: Project, rows: QuerySet[Task], said: str) -> QuerySet[Task]:
    there = TaskLabel.objects.filter(workspace=by.workspace, task=OuterRef("pk"))
    return rows.filter(Exists(there.filter(label=labels_named(by, project, [said], "label")[0])))


FILTERS: dict[str, Any] = {
    "status": lambda by, project, rows, said: rows.filter(status=status_named(project, said)),
    "assignee": _assignee,
    "label": _label,
    "priority": lambda by, project, rows, said: rows.filter(priority=said),
    "parent": lambda by, project, rows, said: rows.filter(parent=task_named(by, project, said, "parent")),
    "q": lambda by, project, rows, said: rows.filter(words(said)),
    "due_before": lambda by, project, rows, said: rows.filter(due__lt=said),
    "due_after": lambda by, project, rows, said: rows.filter(due__gt=said),
}


class Search(Endpoint):
    """Search in all projects that you see."""

    @describes("search", TaskOut, query=SearchQuery, page=True, tag="search")
    def get(self, request: Request, workspace: str) -> HttpResponse:
        """The tasks that hold all these words, newest first; archived ones too."""
        asked = self.asked(SearchQuery)
        rows = Task.objects.visible_to(self.by).filter(words(asked["q"]))
        page = paged(rows, NEWEST, asked, read=task_page(self.by))
        return answer(page.shown(request._request, [row.shown for row in page.rows]))
