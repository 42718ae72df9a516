"""Finding with the actor's eyes what an address or a form names: 404 for what is not there and for what is not theirs."""

import re
from typing import Any
from uuid import UUID

from django.http import Http404

from accounts.models import User
from workspaces.actor import Actor
from workspaces.errors import Refused

from ..models import Label, Project, Status, Task
from ..people import people_of

REF = re.compile(r"([A-Z][A-Z0-9]{1,7})-([1-9][0-9]{0,8})")


def find_project(by: Actor, key: str) -> Project:
    """A project by its key."""
    try:
        project = Project.objects.within(by.workspace).get(key=key, deleted_at=None)
    except Project.DoesNotExist:
        raise Http404 from None
    return _seen(by, project)


def _seen(by: Actor, project: Project) -> Project:
    """The rule of `visible_to` for one row in hand: only a private project and a guest ask for grants."""
    if not project.seen_by(by):
        raise Http404
    return project


def find_task(by: Actor, ref: str) -> Task:
    """A task by FLOW-42."""
    task = task_of(by, ref, Task.objects.select_related("project", "status"))
    _seen(by, task.project)
    return task


def task_of(by: Actor, ref: str, rows: Any) -> Task:
    """The task of that name among `rows`, of whose project the caller asks whether the actor sees it."""
    found = REF.fullmatch(ref)
    if found is None:
        raise Http404
    named = rows.within(by.workspace).filter(project__key=found[1], project__deleted_at=None)
    try:
        return named.get(number=int(found[2]), deleted_at=None)  # type: ignore[no-any-return]
    except Task.DoesNotExist:
        raise Http404 from None


def find_status(project: Project, key: UUID, field: str = "") -> Status:
    """A column of the project; with a `field` a foreign one is a fault of the form, else there is no such page."""
    status = project.statuses.filter(pk=key, deleted_at=None).first()
    if status is None:
        _missing("That column is not on this board any more.", field)
    status.project = project
    return status  # type: ignore[no-any-return]


def find_label(project: Project, key: UUID, field: str = "") -> Label:
    """A label of the project."""
    label = project.labels.filter(pk=key, deleted_at=None).first()
    if label is None:
        _missing("That label is not in this project any more.", field)
    label.project = project
    return label  # type: ignore[no-any-return]


def find_neighbour(by: Actor, task: Task, ref: str, field: str) -> Task:
    """Another card of the same board, named in a form."""
    found = REF.fullmatch(ref)
    other = (
        task.project.tasks.filter(number=int(found[2]), deleted_at=None)
        if found and found[1] == task.project.key
        else None
    )
    row = other.select_related("status").first() if other is not None else None
    if row is None:
        raise Refused(f"There is no card {ref[:20]} on this board any more.", field)
    row.project = task.project
    return row  # type: ignore[no-any-return]


def find_people(project: Project, keys: list[UUID], field: str) -> list[User]:
    """People who can see the project."""
    rows = people_of(project).filter(user_id__in=keys)
    found = [row.user for row in rows]
    if len(found) < len(set(keys)):
        raise Refused("That person cannot see this project: share it with them first.", field)
    return found


def _missing(words: str, field: str) -> None:
    if field:
        raise Refused(words, field)
    raise Http404
