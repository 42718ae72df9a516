"""The columns of a board."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from workspaces.actor import Actor
from workspaces.errors import Refused, Stale
from workspaces.rules import line
from workspaces.spine import action, record

from ..models import Project, Status, StatusTally, Task
from ..rank import between
from .board import lock_board, same_project
from .fitting import must_manage
from .moving import move_task

MOST = 50


@action
def add_status(
    by: Actor, project: Project, *, name: str, category: str = "started", wip_limit: int | None = None
) -> Status:
    """Add a column at the right end."""
    must_manage(by, project)
    lock_board(project)
    if project.statuses.filter(deleted_at=None).count() >= MOST:
        raise Refused(f"A board has at most {MOST} columns.", "name")
    last = project.statuses.order_by("-rank").values_list("rank", flat=True).first() or ""
    status = Status(
        workspace=by.workspace,
        project=project,
        rank=between(last, ""),
        **_clean({"name": name, "category": category, "wip_limit": wip_limit}),
    )
    status.save(force_insert=True)
    StatusTally(workspace=by.workspace, status=status).save(force_insert=True)
    facts = {"name": status.name, "category": status.category, "wip_limit": status.wip_limit}
    record(by, "status:created", status, after=facts, key=project.key, label=status.name, project_id=project.pk)
    return status


def _clean(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: CLEAN[name](value) for name, value in fields.items()}


def _category(value: str) -> str:
    if value not in Status.Category.values:
        raise Refused(f"The category is one of {', '.join(Status.Category.values)}.", "category")
    return value


def _limit(value: Any) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 999:
        raise Refused("The WIP limit is a whole number from 1 to 999, or none.", "wip_limit")
    return value


CLEAN = {"name": lambda value: line(value, "name", longest=60), "category": _category, "wip_limit": _limit}


@action
def update_status(by: Actor, status: Status, *, base_version: int | None = None, **fields: Any) -> Status:
    """Rename a column, change its category or its WIP limit."""
    must_manage(by, status.project)
    _hold(status, base_version)
    changed = {name: value for name, value in _clean(fields).items() if value != getattr(status, name)}
    if not changed:
        return status
    before = {name: getattr(status, name) for name in changed}
    return _save(by, status, before, changed)


def _hold(status: Status, base_version: int | None = None) -> None:
    lock_board(status.project)
    status.refresh_from_db(fields=["name", "category", "wip_limit", "rank", "version", "deleted_at"])
    if base_version is not None and base_version != status.version:
        raise Stale(f"The column {status.name} was changed by somebody else in the meantime.", "version")
    if status.deleted_at:
        raise Refused(f"The column {status.name} was removed.", "status")


def _save(by: Actor, status: Status, before: dict[str, Any], after: dict[str, Any]) -> Status:
    for name, value in after.items():
        setattr(status, name, value)
    status.version += 1
    status.save(update_fields=[*after, "version"])
    record(
        by, "status:updated", status, before=before, after=after, key=status.project.key, label=status.name,
        project_id=status.project_id,
    )  # fmt: skip
    return status


@action
def move_status(by: Actor, status: Status, *, after: Status | None = None) -> Status:
    """Move a column to the right of `after`, or to the left end."""
    must_manage(by, status.project)
    same_project(status.project, [after], "after")
    _hold(status)
    others = [row for row in status.project.statuses.order_by("rank") if row.pk != status.pk]
    place = next((n for n, row in enumerate(others, 1) if after and row.pk == after.pk), 0)
    if all(row.rank < status.rank for row in others[:place]) and all(row.rank > status.rank for row in others[place:]):
        return status
    rank = between(others[place - 1].rank if place else "", others[place].rank if place < len(others) else "")
    return _save(by, status, {"rank": status.rank}, {"rank": rank})


@action
def remove_status(by: Actor, status: Status, *, into: Status | None = None) -> Status:
    """Remove a column; its cards, archived ones too, go to the foot of `into`."""
    must_manage(by, status.project)
    same_project(status.project, [into], "into")
    _hold(status)
    left = status.project.statuses.filter(deleted_at=None).exclude(pk=status.pk)
    if not left.exists():
        raise Refused("A board needs at least one column.", "status")
    _empty(by, status, into)
    return _turn(by, status, "status:deleted", timezone.now())


def _turn(by: Actor, status: Status, event: str, value: datetime | None) -> Status:
    """The column goes, or comes back."""
    status.deleted_at = value
    status.version += 1
    status.save(update_fields=["deleted_at", "version"])
    facts, project = {"name": status.name}, status.project
    before, after = (facts, {}) if value else ({}, facts)
    record(by, event, status, before=before, after=after, key=project.key, label=status.name, project_id=project.pk)
    return status


def _empty(by: Actor, status: Status, into: Status | None) -> None:
    """The cards one after another to the foot of `into`."""
    cards = list(Task.objects.filter(workspace=by.workspace, status=status, deleted_at=None).order_by("rank"))
    if cards and (into is None or into.pk == status.pk or into.deleted_at):
        raise Refused(f"The column {status.name} holds {len(cards)} cards: say which column takes them.", "into")
    if into is None:
        return
    last = Task.objects.filter(workspace=by.workspace, status=into, deleted_at=None).order_by("-rank").first()
    for card in cards:
        card.project = status.project
        last = move_task(by, card, to=into, after=last)


@action
def recover_status(by: Actor, status: Status) -> Status:
    """Bring a removed column back, empty."""
    must_manage(by, status.project)
    lock_board(status.project)
    if not status.deleted_at:
        return status
    return _turn(by, status, "status:recovered", None)
