"""Finding with the actor's eyes what an address or a form names: 404 for what is not there and for what is not theirs."""

import re
from collections import defaultdict
from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import OuterRef, Q
from django.http import Http404

from accounts.models import User
from workspaces.actor import Actor
from workspaces.compiled import compiled, stand_in
from workspaces.errors import Refused
from workspaces.permissions import MEMBER
from workspaces.rules import as_uuid

from ..models import Dependency, FormerAddress, Label, Project, ProjectGrant, Status, Task, TaskGrant
from ..models.projects import in_part, whole
from ..people import people_for
from .facts import labels_for

FIELDS = [field.attname for field in Project._meta.concrete_fields]
REF = re.compile(r"([A-Z][A-Z0-9]{1,7})-([1-9][0-9]{0,8})")


def find_project(by: Actor, key: str) -> Project:
    """A project by its key, of which the actor sees all or a part."""
    if by.level < MEMBER:
        return _as_guest(by, key)
    project: Project | None = Project.objects.within(by.workspace).filter(key=key, deleted_at=None).first()
    if project is None or not project.seen_by(by):
        raise Http404
    return project


def _as_guest(by: Actor, key: str) -> Project:
    """Found by the rule itself, with the grants that it asks for next."""
    found = _shared_project(by.workspace.pk, by.user.pk, key)
    if not found:
        raise Http404
    *values, held = found[0]
    project: Project = Project.from_db(connection.alias, FIELDS, values)
    project.__dict__["_grants"] = {by.user.pk: set(held)}
    return project


@compiled
def _shared_project(workspace: UUID, user: UUID, key: str) -> Any:
    by = stand_in(workspace, user, 0)
    rows = Project.objects.within(workspace).filter(whole(by) | in_part(by), key=key, deleted_at=None)
    return rows.annotate(held=ArraySubquery(_held(by, ProjectGrant, "pk"))).values_list(*FIELDS, "held")


def find_task(by: Actor, ref: str) -> Task:
    """A task by FLOW-42."""
    rows = Task.objects.select_related("project", "status")
    if by.level < MEMBER:
        rows = with_grants(by, rows)
    task = task_of(by, ref, rows)
    if by.level < MEMBER:
        remember_grants(by, task)
    if not task.seen_by(by):
        raise Http404
    return task


def tasks_by_ref(by: Actor, names: Collection[str]) -> dict[str, Task]:
    """Many tasks at once, by FLOW-42 or by id, as they were named; what the actor does not see is left out."""
    wanted = Q(pk__in=[known for name in names if (known := as_uuid(name))])
    numbers: dict[str, list[int]] = defaultdict(list)
    for named in filter(None, map(REF.fullmatch, names)):
        numbers[named[1]].append(int(named[2]))
    for key, those in numbers.items():
        wanted |= Q(project__key=key, project__deleted_at=None, number__in=those)
    rows = with_grants(by, Task.objects.visible_to(by).filter(wanted).select_related("project", "status"))
    by_name = {name: task for row in rows for task in [remember_grants(by, row)] for name in (task.ref, str(task.pk))}
    return {name: by_name[name] for name in names if name in by_name}


def with_grants(by: Actor, rows: Any) -> Any:
    """Tasks with the actor's grants on them and on their projects, for `remember_grants`."""
    return rows.annotate(
        held=ArraySubquery(_held(by, TaskGrant, "pk")), held_around=ArraySubquery(_held(by, ProjectGrant, "project_id"))
    )


def remember_grants(by: Actor, task: Task) -> Task:
    """What the rule asks for next is known already: no query of its own for each task."""
    task.__dict__["_grants"] = {by.user.pk: set(task.held)}
    task.project.__dict__["_grants"] = {by.user.pk: set(task.held_around)}
    return task


def _held(by: Actor, model: Any, on: str) -> Any:
    rows = model.objects.filter(workspace=by.workspace, user=by.user, content_object=OuterRef(on))
    return rows.values("permission__codename")


def task_of(by: Actor, ref: str, rows: Any) -> Task:
    """The task of that name among `rows`, of which the caller asks whether the actor sees it."""
    found = REF.fullmatch(ref)
    if found is None:
        raise Http404
    here = rows.within(by.workspace).filter(deleted_at=None, project__deleted_at=None)
    task = here.filter(project__key=found[1], number=int(found[2])).first()
    task = task or here.filter(pk__in=moved_from(by, found[1], int(found[2]))).first()
    if task is None:
        raise Http404
    return task  # type: ignore[no-any-return]


def moved_from(by: Actor, key: str, number: int) -> Any:
    """The id of the task that stood there before it moved to another project."""
    rows = FormerAddress.objects.within(by.workspace)
    return rows.filter(project__key=key, project__deleted_at=None, number=number).values("task_id")


def find_tie(by: Actor, task: Task, key: UUID) -> Dependency:
    """A dependency of the task on another one, or of another one on it, of which the actor sees both."""
    rows = Dependency.objects.within(by.workspace).filter(Q(blocked=task) | Q(blocking=task), pk=key)
    tie = rows.select_related("blocked__project", "blocking__project").first()
    if tie is None or not (tie.blocked.seen_by(by) and tie.blocking.seen_by(by)):
        raise Http404
    return tie  # type: ignore[no-any-return]


def find_status(project: Project, key: UUID, field: str = "") -> Status:
    """A column of the project; with a `field` a foreign one is a fault of the form, else there is no such page."""
    status = project.statuses.filter(pk=key, deleted_at=None).first()
    if status is None:
        _missing("That column is not on this board any more.", field)
    status.project = project
    return status  # type: ignore[no-any-return]


def find_label(by: Actor, project: Project, key: UUID, field: str = "") -> Label:
    """A label of the project that the actor may know of."""
    label = labels_of(by, project).filter(pk=key).first()
    if label is None:
        _missing("That label is not in this project any more.", field)
    label.project = project
    return label  # type: ignore[no-any-return]


def labels_of(by: Actor, project: Project) -> Any:
    """The labels of the project; who sees a part of it knows those of their tasks."""
    rows = project.labels.filter(deleted_at=None)
    return rows if project.whole_to(by) else labels_for(by, rows)


def tasks_of(by: Actor, project: Project) -> Any:
    """The tasks of the project that the actor sees, deleted ones aside."""
    rows = project.tasks.filter(deleted_at=None)
    return rows if project.whole_to(by) else rows.shared_with(by)


def find_neighbour(by: Actor, task: Task, ref: str, field: str) -> Task:
    """Another card of the same board, named in a form."""
    found = REF.fullmatch(ref)
    other = tasks_of(by, task.project).filter(number=int(found[2])) if found and found[1] == task.project.key else None
    row = other.select_related("status").first() if other is not None else None
    if row is None:
        raise Refused(f"There is no card {ref[:20]} on this board any more.", field)
    row.project = task.project
    return row  # type: ignore[no-any-return]


def find_people(by: Actor, project: Project, keys: list[UUID], field: str, task: Task | None = None) -> list[User]:
    """People who can see the project, or this task of it, and of whom the actor may know."""
    rows = people_for(by, project, task).filter(user_id__in=keys)
    found = [row.user for row in rows]
    if len(found) < len(set(keys)):
        raise Refused("That person cannot see this project: share it with them first.", field)
    return found


def _missing(words: str, field: str) -> None:
    if field:
        raise Refused(words, field)
    raise Http404
