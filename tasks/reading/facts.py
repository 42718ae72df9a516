"""What a project's pages know of it besides its cards: its labels, its people, its columns."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Value
from django.db.models.functions import JSONObject, Lower
from django.http import Http404

from accounts.models import User
from workspaces.actor import Actor
from workspaces.compiled import compiled, stand_in
from workspaces.faces import face

from ..models import Label, Project, ProjectGrant, Status, Task
from ..people import people_of

COLUMNS = tuple(field.attname for field in Project._meta.concrete_fields)
PERSON = ("id", "name", "email", "avatar")


@dataclass(frozen=True)
class Facts:
    """A project with what its pages name: labels and columns in order, people as they are needed."""

    project: Project
    labels: dict[UUID, dict[str, Any]]
    statuses: dict[UUID, dict[str, Any]]
    people: dict[UUID, dict[str, Any]] = field(default_factory=dict)  # who can see the project, by name
    others: dict[UUID, dict[str, Any]] = field(default_factory=dict)  # who stands on a card and cannot see it any more

    def faces(self, user_ids: Collection[UUID]) -> list[dict[str, Any]]:
        """Those who stand on a card, always in the same order."""
        there = [one for key, one in self.people.items() if key in user_ids]
        return there + [one for key, one in self.others.items() if key in user_ids]


def facts_of(by: Actor, key: str) -> Facts:
    """The project of an address with its grants, labels and columns, in one query."""
    found = _project(by.workspace.pk, by.user.pk, key, level=by.level)
    if not found:
        raise Http404
    *values, granted, labels, statuses = found[0]
    project = Project.from_db("default", COLUMNS, values)
    project.__dict__["_grants"] = {by.user.pk: set(granted)}
    return Facts(project, _by_id(labels), _by_id(statuses))


@compiled
def _project(workspace: UUID, user: UUID, key: str, *, level: int) -> Any:
    by, here = stand_in(workspace, user, level), {"project": OuterRef("pk"), "workspace": workspace, "deleted_at": None}
    grants = ProjectGrant.objects.filter(workspace=workspace, user=user, content_object=OuterRef("pk"))
    labels = Label.objects.filter(**here).order_by(Lower("name"))
    statuses = Status.objects.filter(**here).order_by("rank")
    return Project.objects.visible_to(by).filter(key=key).values_list(
        *COLUMNS,
        ArraySubquery(grants.values("permission__codename")),
        ArraySubquery(labels.values(fact=JSONObject(id="id", name="name", color="color"))),
        ArraySubquery(statuses.values(fact=JSONObject(id="id", name="name", category="category"))),
    )  # fmt: skip


def _by_id(facts: list[dict[str, Any]]) -> dict[UUID, dict[str, Any]]:
    made = [fact | {"id": UUID(fact["id"])} for fact in facts]
    return {fact["id"]: fact for fact in made}


def meet(facts: Facts, user_ids: set[UUID]) -> None:
    """Read who can see the project and, in the same query, these others."""
    project = facts.project
    rows = _people(project.workspace_id, project.pk, list(user_ids), private=project.private)
    for row in sorted(rows, key=lambda row: (row[1] or row[2]).casefold()):
        known = facts.people if row[4] else facts.others
        known[row[0]] = face(User(**dict(zip(PERSON, row[:4], strict=True))))
    for key in facts.people:
        facts.others.pop(key, None)


@compiled
def _people(workspace: UUID, project: UUID, others: list[UUID], *, private: bool) -> Any:
    seeing = people_of(Project(pk=project, workspace_id=workspace, private=private)).order_by()
    seeing = seeing.values_list(*(f"user__{name}" for name in PERSON), Value(True))
    return seeing.union(User.objects.filter(pk__any=others).values_list(*PERSON, Value(False)), all=True)


def rights(by: Actor, project: Project) -> dict[str, bool]:
    """Which buttons to show; an archived project is only read."""
    names = {
        "edit": "task.edit", "create": "task.create", "delete": "task.delete", "comment": "comment.create",
        "manage": "project.manage",
    }  # fmt: skip
    may = {name: by.may(permission, project) for name, permission in names.items()}
    return {name: not project.archived_at and on for name, on in may.items()} | {"settings": may["manage"]}


def open_tasks(project: Project) -> Any:
    """The cards on the board, in a form that the board's indexes serve."""
    return Task.objects.within(project.workspace_id).filter(project=project).open()
