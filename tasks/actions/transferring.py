"""Moving a task to another project: it keeps its id, so all that hangs on it goes along, and its old address leads on."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils import timezone

from workspaces.actor import Actor
from workspaces.errors import Forbidden, Refused, Stale
from workspaces.spine import action, current_act, record

from ..models import FormerAddress, Project, Status, Task, TaskLabel
from ..transfers import Fit
from .board import lock_board, ranks_at, same_project
from .dependencies import tell_waiting
from .fields import person_fact
from .tasks import hold_task

PARTLY = "You see only some tasks of {}: who sees all of it can move this one elsewhere."


@action
def transfer_task(
    by: Actor, task: Task, *, project: Project, to: Status | None = None, base_version: int | None = None
) -> Task:
    """Move a task with its subtasks to another project, to a column of it or the one most like its own.

    Labels go by their names, people where they see it; files, comments, watchers and what it waits for stay with it.
    """
    by.must("task.edit", task)
    by.must("task.create", project)
    _check(by, task, project, to)
    if task.project_id == project.pk:
        return task
    below = list(Task.objects.within(by.workspace).filter(parent=task).select_related("project", "status"))
    numbers = _numbers(task.project, project, [task, *below])
    hold_task(task, base_version)
    for one in below:
        _hold(one, task)
    for one in below:
        _transfer(by, one, project, Fit.of(one, project), numbers[one.pk], keeps_parent=True)
    title = f"Moved {task.ref} to {project.name}"
    _transfer(by, task, project, Fit.of(task, project, to), numbers[task.pk])
    if (act := current_act()) is not None and not act.title:
        act.title = f"{title} as {task.ref}"[:300]
    return task


def _check(by: Actor, task: Task, project: Project, to: Status | None) -> None:
    if not task.project.whole_to(by):
        raise Forbidden(PARTLY.format(task.project.name))
    if project.archived_at or project.deleted_at:
        raise Refused(f"{project.name} is archived: bring it back first.", "project")
    same_project(project, [to], "status")


def _numbers(here: Project, there: Project, tasks: Sequence[Task]) -> dict[UUID, int]:
    """Locks both boards, always in the same order. A task that comes back gets its old number again."""
    first, second = sorted((here, there), key=lambda project: project.pk)
    rows = FormerAddress.objects.within(there.workspace_id).filter(project=there, task__in=tasks)
    for project in (first, second):
        if project is here:
            lock_board(project)
            continue
        known = dict(rows.values_list("task_id", "number"))
        fresh = [task.pk for task in tasks if task.pk not in known]
        last = lock_board(project, numbers=len(fresh))
    return known | {key: last + place for place, key in enumerate(fresh, 1)}


def _hold(one: Task, parent: Task) -> None:
    held = Task.objects.within(one.workspace_id).select_for_update(no_key=True).get(pk=one.pk)
    if held.parent_id != parent.pk or held.project_id != parent.project_id:
        raise Stale(f"What stands below {parent.ref} was changed by somebody else in the meantime.", "version")
    one.version, one.field_versions = held.version, held.field_versions


@dataclass(frozen=True)
class Was:
    """A task where it stood before."""

    ref: str
    project: Project
    number: int
    in_the_way: bool
    facts: dict[str, Any]


def _transfer(by: Actor, task: Task, project: Project, fit: Fit, number: int, *, keeps_parent: bool = False) -> None:
    """One task over, and the two rows that tell of it: where it was, and where it is. Neither names the other project, for
    who hears of the one may not know of the other.
    """
    was = _was(task, keeps_parent)
    _readdress(task, project, number)
    _place(by, task, fit, keeps_parent)
    people = [person_fact(user) for user in fit.staying]
    left = {"project": str(project.pk)} | ({"assignees": people} if "assignees" in was.facts else {})
    record(
        by, "task:left", task, before=was.facts, after=left, key=was.ref, label=task.title, project_id=was.project.pk
    )
    arrived = _standing(task) | {"labels": [label.fact for label in fit.labels]}
    before = {"project": str(was.project.pk)}
    record(
        by, "task:arrived", task, before=before, after=arrived, key=task.ref, label=task.title, project_id=project.pk
    )
    tell_waiting(by, task, was=was.in_the_way)


def _was(task: Task, keeps_parent: bool) -> Was:
    labels = [row.label.fact for row in task.task_labels.select_related("label")]
    people = [person_fact(row.user) for row in task.assignments.select_related("user")]
    facts = _standing(task) | {"labels": labels}
    facts |= {"assignees": people} if people else {}
    facts |= {"parent": str(task.parent_id)} if task.parent_id and not keeps_parent else {}
    return Was(task.ref, task.project, task.number, task.in_the_way, facts)


def _standing(task: Task) -> dict[str, Any]:
    return {"status": task.status.fact, "rank": task.rank, "open": task.is_open}


def _readdress(task: Task, project: Project, number: int) -> None:
    rows = FormerAddress.objects.within(task.workspace_id)
    rows.filter(project=project, number=number, task=task).delete()
    FormerAddress(workspace_id=task.workspace_id, project=task.project, number=task.number, task=task).save(
        force_insert=True
    )
    task.project, task.number = project, number


def _place(by: Actor, task: Task, fit: Fit, keeps_parent: bool) -> None:
    """Into the column, at its foot, with the labels and people that it finds there."""
    done, now = fit.to.category == Status.Category.DONE, by.at or timezone.now()
    task.rank, task.status = ranks_at(by, fit.to, 1, top=False)[0], fit.to
    task.completed_at = (task.completed_at or now) if done else None
    if not keeps_parent:
        task.parent = None
    task.task_labels.all().delete()
    labels = [TaskLabel(workspace_id=task.workspace_id, task=task, label=label) for label in fit.labels]
    TaskLabel.objects.bulk_create(labels)
    task.assignments.filter(user__in=fit.leaving).delete()
    touched = task.touch(now, "place", "labels", "parent", *(["assignees"] if fit.leaving else []))
    task.save(update_fields=["project", "number", "status", "rank", "completed_at", "parent", *touched])
