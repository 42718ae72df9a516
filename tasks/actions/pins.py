"""Pins: the days on which a task must begin, or be due, whatever a planner would rather have. They never expire."""

from datetime import date
from typing import Any

from django.utils import timezone

from workspaces.actor import Actor
from workspaces.errors import Refused
from workspaces.spine import action, record

from ..models import Task
from .fields import due as day
from .fields import fact
from .tasks import hold_task


@action
def pin_task(
    by: Actor, task: Task, *, start: date | None = None, due: date | None = None, base_version: int | None = None
) -> Task:
    """Pin a task to the day on which it must begin, the day on which it must be due, or both."""
    by.must("task.edit", task)
    day(start), day(due)
    if start is None and due is None:
        raise Refused("Say on which day it must begin, or be due.", "due")
    if start and due and due < start:
        raise Refused("It cannot be due before it begins.", "due")
    return _pin(by, task, "task:pinned", start, due, base_version)


@action
def unpin_task(by: Actor, task: Task, *, base_version: int | None = None) -> Task:
    """Let a planner move the task again."""
    by.must("task.edit", task)
    return _pin(by, task, "task:unpinned", None, None, base_version)


def _pin(by: Actor, task: Task, event: str, start: date | None, due: date | None, base_version: int | None) -> Task:
    hold_task(task, base_version)
    before = _facts(task)
    task.pin_start, task.pin_due = start, due
    if before == (after := _facts(task)):
        return task
    task.save(update_fields=["pin_start", "pin_due", *task.touch(by.at or timezone.now(), "pin")])
    record(by, event, task, before=before, after=after, key=task.ref, label=task.title, project_id=task.project_id)
    return task


def _facts(task: Task) -> dict[str, Any]:
    pinned = task.pin_start or task.pin_due
    return {"pin": {"start": fact(task.pin_start), "due": fact(task.pin_due)} if pinned else None}
