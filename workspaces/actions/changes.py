"""Undoing an act: the inverse of each of its rows, newest first, with the same check for staleness."""

from dataclasses import dataclass
from typing import Any

from ..actor import Actor
from ..errors import Refused, Stale
from ..models import ActivityLog, ChangeSet
from ..spine import acting, attempt, current_act
from ..undo import INVERSES, undoable, undoes
from .proposals import discard_change, tell


@dataclass(frozen=True)
class Undone:
    """What an undo came to: the change that was undone, and why lines were left."""

    change: ChangeSet
    stale: list[str]
    redo_id: str


def undo_change(by: Actor, change: ChangeSet) -> Undone:
    """Undo an act; what has moved on is left and named. An undo can be undone, which does the act again."""
    with acting(by, kind=ChangeSet.Kind.UNDO, title=f"Undo: {change.title}"[:300], undoes=change):
        held = (
            ChangeSet.objects.within(by.workspace)
            .select_for_update(of=("self",))
            .select_related("undoes")
            .get(pk=change.pk)
        )
        rows = list(ActivityLog.objects.within(by.workspace).filter(change=held).order_by("-seq"))
        _check(held, rows)
        stale = [words for row in _needed(rows) if (words := _undo_row(by, row))]
        if stale and not current_act().rows:  # type: ignore[union-attr]
            raise Stale(f"Nothing could be undone: {stale[0]}")
        _mark(by, held, stale)
        act = current_act()
        return Undone(held, stale, str(act.change_id) if act else "")


def _check(change: ChangeSet, rows: list[ActivityLog]) -> None:
    if change.state == ChangeSet.State.UNDONE:
        raise Refused("This was undone already.")
    if not undoable(rows):
        raise Refused("This cannot be undone.")


def _needed(rows: list[ActivityLog]) -> list[ActivityLog]:
    """Where the act made a whole project, taking the project away takes everything in it."""
    made = {row.project_id for row in rows if row.event == "project:created"}
    return [row for row in rows if row.event == "project:created" or row.project_id not in made]


def _undo_row(by: Actor, row: ActivityLog) -> str:
    """Why the row could not be undone, or ""."""
    try:
        with attempt():
            INVERSES[row.event](by, row)
    except Refused as no:
        return no.words
    return ""


def _mark(by: Actor, change: ChangeSet, stale: list[str]) -> None:
    _set(by, change, ChangeSet.State.PARTLY_APPLIED if stale else ChangeSet.State.UNDONE, "change:undone")
    if (first := change.undoes) is not None:  # an undo undone: the first act stands again
        whole = first.applied == len(first.lines)
        _set(by, first, ChangeSet.State.APPLIED if whole else ChangeSet.State.PARTLY_APPLIED, "change:applied")


def _set(by: Actor, change: ChangeSet, state: str, event: str) -> None:
    was, change.state = change.state, state
    change.save(update_fields=["state"])
    if change.lines:
        tell(by, event, change, was)


@undoes("change:applied", "change:undone")
def follow(by: Actor, row: Any) -> None:
    """They follow what is done with the rest of the act, there and back."""


@undoes("change:proposed")
def take_back(by: Actor, row: Any) -> None:
    """What was proposed is discarded."""
    discard_change(by, ChangeSet.objects.within(by.workspace).get(pk=row.subject_id))
