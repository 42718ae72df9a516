"""Reads what the rows of one round are about: as many queries for one row as for thousands."""

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q

from workspaces.feed import fit, project_eyes, task_of
from workspaces.models import Membership

from ..models import Assignment, NotificationPreference, Status, Task, Watch
from .audience import TEXTS, Scene, TaskFacts
from .mentions import Named, handles


def scene_of(workspace_id: UUID, rows: Collection[Any]) -> Scene:
    """All but the people's own: their eyes and what they have muted (`meet`)."""
    scene = Scene(tasks=_tasks(workspace_id, rows))
    _read_watches(workspace_id, scene)
    columns = {row.after["status"]["id"] for row in rows if row.event == "task:moved"}
    if columns:
        done = Status.objects.within(workspace_id).filter(pk__any=[UUID(one) for one in columns], category="done")
        scene.done = {str(pk) for pk in done.values_list("pk", flat=True)}
    if any("@" in (row.after.get(TEXTS[row.event]) or "") for row in rows if row.event in TEXTS):
        scene.known = handles(
            Named(*one) for one in _members(workspace_id).values_list("user", "user__name", "user__email")
        )
    return scene


def meet(workspace_id: UUID, scene: Scene, people: Collection[UUID]) -> None:
    """What these people see now, and which reasons they do not want to hear."""
    levels = dict(_members(workspace_id).filter(user_id__in=people).values_list("user", "role__level"))
    with connection.cursor() as cursor:
        cursor.execute(project_eyes().seen, {"workspace": workspace_id, "people": [*levels]})
        found = cursor.fetchall()
    scene.eyes = {UUID(eyes.user_id): eyes for eyes in fit(levels, found, 0)}
    muted = NotificationPreference.objects.within(workspace_id).filter(user_id__in=[*levels], muted=True)
    scene.silenced = set(muted.values_list("user", "reason"))


def _members(workspace_id: UUID) -> Any:
    """People who may still come in; programs read no inbox."""
    return Membership.objects.within(workspace_id).filter(user__is_active=True, user__is_program=False)


def _tasks(workspace_id: UUID, rows: Iterable[Any]) -> dict[UUID, TaskFacts]:
    ids = [UUID(one) for one in {task_of(row) for row in rows} if one]
    found = Task.objects.within(workspace_id).filter(pk__any=ids) if ids else Task.objects.none()
    tasks = {
        pk: TaskFacts(project, None if source else creator)
        for pk, project, creator, source in found.values_list("pk", "project_id", "creator_id", "source")
    }
    on_them = Assignment.objects.within(workspace_id).filter(task__pk__any=[*tasks])
    for task_id, user_id in on_them.values_list("task_id", "user_id") if tasks else ():
        tasks[task_id].assignees.add(user_id)
    return tasks


def _read_watches(workspace_id: UUID, scene: Scene) -> None:
    projects = {task.project_id for task in scene.tasks.values()}
    rows = Watch.objects.within(workspace_id).filter(Q(task__pk__any=[*scene.tasks]) | Q(project__pk__any=[*projects]))
    for task_id, project_id, user_id, level in rows.values_list("task_id", "project_id", "user_id", "level"):
        muted = level == Watch.Level.MUTED
        if task_id:
            (scene.tasks[task_id].muted if muted else scene.tasks[task_id].watching).add(user_id)
        else:
            (scene.deaf if muted else scene.watchers).setdefault(project_id, set()).add(user_id)
