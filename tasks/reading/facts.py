"""What a project's pages know of it besides its cards: its labels, its people, its columns."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Q, Value
from django.db.models.functions import JSONObject, Lower
from django.http import Http404

from accounts.models import User
from workspaces.actor import Actor
from workspaces.compiled import compiled, stand_in
from workspaces.faces import face
from workspaces.permissions import MEMBER

from ..models import Label, Project, ProjectGrant, Status, Task, TaskLabel
from ..models.projects import whole
from ..models.tasks import shared_with
from ..people import people_of

COLUMNS = tuple(field.attname for field in Project._meta.concrete_fields)
PERSON = ("id", "name", "email", "avatar")


@dataclass(frozen=True)
class Facts:
    """A project with what its pages name: labels and columns in order, people as they are needed.

    Seen in part, it names the labels and people of the tasks that are shared with the actor, and no others.
    """

    project: Project
    labels: dict[UUID, dict[str, Any]]
    statuses: dict[UUID, dict[str, Any]]
    part: bool = False
    people: dict[UUID, dict[str, Any]] = field(default_factory=dict)  # who can see the project, by name
    others: dict[UUID, dict[str, Any]] = field(default_factory=dict)  # who stands on a card and cannot see it any more

    def faces(self, user_ids: Collection[UUID]) -> list[dict[str, Any]]:
        """Those who stand on a card, always in the same order."""
        there = [one for key, one in self.people.items() if key in user_ids]
        return there + [one for key, one in self.others.items() if key in user_ids]


def facts_of(by: Actor, key: str) -> Facts:
    """The project of an address with its grants, labels and columns, in one query; a second for a member who sees but a part."""
    here = by.workspace.pk, by.user.pk, key
    found = _project(*here, level=by.level, part=by.level < MEMBER)
    found = found or (_project(*here, level=by.level, part=True) if by.level >= MEMBER else [])
    if not found:
        raise Http404
    *values, granted, labels, statuses = found[0]
    project = Project.from_db("default", COLUMNS, values)
    project.__dict__["_grants"] = {by.user.pk: set(granted)}
    return Facts(project, _by_id(labels), _by_id(statuses), part=not project.whole_to(by))


@compiled
def _project(workspace: UUID, user: UUID, key: str, *, level: int, part: bool) -> Any:
    """`part` also finds a project that is seen in part, with the labels of what is seen."""
    by, here = stand_in(workspace, user, level), {"project": OuterRef("pk"), "workspace": workspace, "deleted_at": None}
    grants = ProjectGrant.objects.filter(workspace=workspace, user=user, content_object=OuterRef("pk"))
    labels = Label.objects.filter(**here).order_by(Lower("name"))
    statuses = Status.objects.filter(**here).order_by("rank")
    rows = Project.objects.visible_to(by) if part else Project.objects.whole_to(by)
    return rows.filter(key=key).values_list(
        *COLUMNS,
        ArraySubquery(grants.values("permission__codename")),
        ArraySubquery((labels_for(by, labels) if part else labels).values(fact=JSONObject(id="id", name="name", color="color"))),
        ArraySubquery(statuses.values(fact=JSONObject(id="id", name="name", category="category"))),
    )  # fmt: skip


def labels_for(by: Actor, labels: Any) -> Any:
    """Of these labels those that the actor may know of: all of a project that they see whole, else those on their tasks."""
    worn = TaskLabel.objects.filter(workspace=by.workspace, label=OuterRef("pk"), task__deleted_at=None)
    theirs = worn.filter(Exists(shared_with(by).filter(content_object=OuterRef("task"))))
    return labels.filter(whole(by, "project__") | Q(Exists(theirs)))


def _by_id(facts: list[dict[str, Any]]) -> dict[UUID, dict[str, Any]]:
    made = [fact | {"id": UUID(fact["id"])} for fact in facts]
    return {fact["id"]: fact for fact in made}


def meet(facts: Facts, user_ids: set[UUID], task: UUID | None = None) -> None:
    """Read who can see the project, or this task of it, and in the same query these others; in part only the latter."""
    project = facts.project
    ids = list(user_ids)
    if facts.part:
        rows = _faces(ids) if ids else []
    elif task is None:
        rows = _people(project.workspace_id, project.pk, ids, private=project.private)
    else:
        rows = _people_of_task(project.workspace_id, project.pk, ids, task, private=project.private)
    for row in sorted(rows, key=lambda row: (row[1] or row[2]).casefold()):
        known = facts.people if row[4] else facts.others
        known[row[0]] = face(User(**dict(zip(PERSON, row[:4], strict=True))))
    for key in facts.people:
        facts.others.pop(key, None)


@compiled
def _faces(people: list[UUID]) -> Any:
    return User.objects.filter(pk__any=people).values_list(*PERSON, Value(True))


@compiled
def _people(workspace: UUID, project: UUID, others: list[UUID], *, private: bool) -> Any:
    return _seeing(Project(pk=project, workspace_id=workspace, private=private), others)


@compiled
def _people_of_task(workspace: UUID, project: UUID, others: list[UUID], task: UUID, *, private: bool) -> Any:
    return _seeing(Project(pk=project, workspace_id=workspace, private=private), others, Task(pk=task))


def _seeing(project: Project, others: list[UUID], task: Task | None = None) -> Any:
    seeing = people_of(project, task).order_by().values_list(*(f"user__{name}" for name in PERSON), Value(True))
    return seeing.union(User.objects.filter(pk__any=others).values_list(*PERSON, Value(False)), all=True)


def rights(by: Actor, subject: Project | Task) -> dict[str, bool]:
    """Which buttons to show for a project or a task; an archived project, and one that the plan has no room for, is only read."""
    names = {
        "edit": "task.edit", "create": "task.create", "delete": "task.delete", "comment": "comment.create",
        "manage": "project.manage",
    }  # fmt: skip
    project = subject if isinstance(subject, Project) else subject.project
    may = {name: by.may(permission, subject) for name, permission in names.items()}
    settings, may["manage"] = may["manage"], may["manage"] and not by.workspace.over
    return {name: not (project.archived_at or project.read_only) and on for name, on in may.items()} | {
        "settings": settings
    }


def open_tasks(by: Actor, facts: Facts) -> Any:
    """The cards on the board, in a form that the board's indexes serve."""
    rows = Task.objects.shared_with(by) if facts.part else Task.objects.within(facts.project.workspace_id)
    return rows.filter(project=facts.project).open()
