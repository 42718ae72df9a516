"""Which task waits for which: across projects, never in a circle. Rows name ids alone, for who hears of the one may not see the other."""

from typing import Any
from uuid import UUID

from django.db.models import Count, Q
from django.utils import timezone

from accounts import locks
from workspaces.actor import Actor
from workspaces.errors import Refused
from workspaces.spine import action, record

from ..models import Dependency, Task
from ..models.dependencies import standing
from .details import hold

MOST = 50


@action
def add_dependency(by: Actor, task: Task, *, blocking: Task) -> Dependency:
    """Make a task wait until another one of the workspace is done."""
    by.must("task.edit", task)
    if not blocking.seen_by(by):
        raise Refused("There is no such task, or it is not shared with you.", "blocking")
    if blocking.pk == task.pk:
        raise Refused("A task cannot wait for itself.", "blocking")
    hold_ties(task.workspace_id)
    hold(task)
    found = task.waits_for.filter(blocking=blocking).first()
    if found is not None:
        return found
    _check(by, task, blocking)
    made = Dependency(workspace_id=task.workspace_id, blocked=task, blocking=blocking)
    made.save(force_insert=True)
    _tell(by, "dependency:created", made, {}, _facts(made))
    return made


@action
def remove_dependency(by: Actor, dependency: Dependency) -> Dependency:
    """Let a task no longer wait for another."""
    by.must("task.edit", dependency)
    hold(dependency.blocked)
    facts, key = _facts(dependency), dependency.pk
    if not Dependency.objects.within(by.workspace).filter(pk=key).delete()[0]:
        return dependency
    _tell(by, "dependency:deleted", dependency, facts, {})
    return dependency


def hold_ties(workspace_id: UUID) -> None:
    """One new dependency of a workspace at a time: three at once could close a circle that none of them sees."""
    locks.hold(f"{workspace_id}:dependencies")


def _check(by: Actor, task: Task, blocking: Task) -> None:
    if task.waits_for.count() >= MOST:
        raise Refused(f"A task waits for at most {MOST} others.", "blocking")
    if way := _way(blocking, task):
        refs = {row.pk: row.ref for row in Task.objects.visible_to(by).filter(pk__in=way).select_related("project")}
        first, *rest = [refs.get(key, "a task that you may not see") for key in way]
        words = ", which waits for ".join(rest)
        raise Refused(f"{first} waits for {words} already: they would wait for each other.", "blocking")


def _way(start: Task, goal: Task) -> list[UUID]:
    """From one task along what it waits for to the other, if there is a way."""
    came: dict[UUID, UUID | None] = {start.pk: None}
    front = [start.pk]
    while front and goal.pk not in came:
        rows = Dependency.objects.within(start.workspace_id).filter(blocked_id__in=front)
        front = []
        for waiting, on in rows.values_list("blocked_id", "blocking_id"):
            if on not in came:
                came[on] = waiting
                front.append(on)
    way: list[UUID] = []
    at: UUID | None = goal.pk if goal.pk in came else None
    while at is not None:
        way.append(at)
        at = came[at]
    return way[::-1]


def _facts(row: Dependency) -> dict[str, Any]:
    return {"taskId": str(row.blocked_id), "blocked": str(row.blocked_id), "blocking": str(row.blocking_id)}


def _tell(by: Actor, event: str, row: Dependency, before: dict[str, Any], after: dict[str, Any]) -> None:
    task = row.blocked
    task.save(update_fields=task.touch(by.at or timezone.now()))
    record(by, event, row, before=before, after=after, key=task.ref, label=task.title, project_id=task.project_id)


def tell_waiting(by: Actor, task: Task, *, was: bool) -> None:
    """A task that others wait for was done or put away, or came back: each of them hears of it, and what is left."""
    if (now := task.in_the_way) == was:
        return
    others = Q(**standing("blocked__waits_for__blocking")) & ~Q(blocked__waits_for__blocking=task.pk)
    rows = Dependency.objects.within(by.workspace).filter(blocking=task, blocked__deleted_at=None)
    for row in rows.select_related("blocked__project").annotate(left=Count("blocked__waits_for", filter=others)):
        waiting, facts = row.blocked, _facts(row) | {"left": row.left + now}
        event = "dependency:reopened" if now else "dependency:resolved"
        record(by, event, row, after=facts, key=waiting.ref, label=waiting.title, project_id=waiting.project_id)
