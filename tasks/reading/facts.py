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
from workspaces.faces import face

from ..models import Label, Project, ProjectGrant, Status, Task
from ..people import people_of


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
    grants = ProjectGrant.objects.filter(workspace=by.workspace, user=by.user, content_object=OuterRef("pk"))
    labels = Label.objects.filter(project=OuterRef("pk"), workspace=by.workspace, deleted_at=None).order_by(
        Lower("name")
    )
    statuses = Status.objects.filter(project=OuterRef("pk"), workspace=by.workspace, deleted_at=None).order_by("rank")
    rows = Project.objects.visible_to(by).filter(key=key).annotate(
        granted=ArraySubquery(grants.values("permission__codename")),
        label_facts=ArraySubquery(labels.values(fact=JSONObject(id="id", name="name", color="color"))),
        status_facts=ArraySubquery(statuses.values(fact=JSONObject(id="id", name="name", category="category"))),
    )  # fmt: skip
    project = rows.first()
    if project is None:
        raise Http404
    project.__dict__["_grants"] = {by.user.pk: set(project.granted)}
    return Facts(project, _by_id(project.label_facts), _by_id(project.status_facts))


def _by_id(facts: list[dict[str, Any]]) -> dict[UUID, dict[str, Any]]:
    made = [fact | {"id": UUID(fact["id"])} for fact in facts]
    return {fact["id"]: fact for fact in made}


def meet(facts: Facts, user_ids: set[UUID]) -> None:
    """Read who can see the project and, in the same query, these others."""
    columns = ("id", "name", "email", "avatar")
    seeing = people_of(facts.project).order_by().values_list(*(f"user__{name}" for name in columns), Value(True))
    if user_ids:
        seeing = seeing.union(User.objects.filter(pk__in=user_ids).values_list(*columns, Value(False)), all=True)
    for row in sorted(seeing, key=lambda row: (row[1] or row[2]).casefold()):
        known = facts.people if row[4] else facts.others
        known[row[0]] = face(User(**dict(zip(columns, row[:4], strict=True))))
    for key in facts.people:
        facts.others.pop(key, None)


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
