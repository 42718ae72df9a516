"""What sets a rule off: a row of the record, or a day that has come."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from workspaces.models import ChangeSet

from ..models import Status
from .values import COLUMN, DAYS_AROUND, FIELD, NOTHING, Value

BACK = (ChangeSet.Kind.UNDO, ChangeSet.Kind.RESTORE, ChangeSet.Kind.IMPORT)


@dataclass(frozen=True)
class Trigger:
    """`events` are those of the record; `meets` (row, value, categories) says whether it is this one. None: a daily look."""

    words: str
    value: Value
    events: tuple[str, ...] = ()
    meets: Callable[[Any, Any, "Categories"], bool] = lambda row, value, categories: True


class Categories:
    """Of the columns that moves lead from and to; read once for all rows of a round."""

    def __init__(self, workspace_id: UUID, rows: Iterable[Any]) -> None:
        ids = {
            UUID(facts["status"]["id"])
            for row in rows
            if row.event == "task:moved"
            for facts in (row.before, row.after)
        }
        known = Status.objects.within(workspace_id).filter(pk__any=[*ids]) if ids else Status.objects.none()
        self.known = {str(pk): category for pk, category in known.values_list("pk", "category")}

    def of(self, facts: dict[str, Any]) -> str:
        """ "done"; "" of a column that is no more."""
        return self.known.get(facts["status"]["id"], "")


def _moved(row: Any, value: str, categories: Categories) -> bool:
    was, now = row.before["status"]["id"], row.after["status"]["id"]
    if was == now:
        return False
    return value in (now, f"category:{categories.of(row.after)}")


def _finished(row: Any, value: None, categories: Categories) -> bool:
    return categories.of(row.after) == "done" != categories.of(row.before)


TRIGGERS: dict[str, Trigger] = {
    "created": Trigger("a card is created", NOTHING, ("task:created",)),
    "moved": Trigger("a card is moved to {value}", COLUMN, ("task:moved",), _moved),
    "finished": Trigger("a card is finished", NOTHING, ("task:moved",), _finished),
    "changed": Trigger(
        "the {value} of a card changes", FIELD, ("task:updated",), lambda row, value, categories: value in row.after
    ),
    "commented": Trigger("somebody comments on a card", NOTHING, ("comment:created",)),
    "archived": Trigger("a card is archived", NOTHING, ("task:archived",)),
    "due": Trigger("the due date of a card is {value} days past", DAYS_AROUND),
}
EVENTS = sorted({event for one in TRIGGERS.values() for event in one.events})


def meets(when: dict[str, Any], row: Any, categories: Categories) -> bool:
    """Whether the row sets it off. What is imported, undone or brought back sets nothing off."""
    one = TRIGGERS.get(when["kind"])
    if one is None or row.event not in one.events or row.via == "import" or row.change.kind in BACK:
        return False
    return one.meets(row, when["value"], categories)


def due_words(days: int) -> str:
    """the due date of a card is 3 days past"""
    if days == 0:
        return "the due date of a card has come"
    count = f"{abs(days)} day{'' if abs(days) == 1 else 's'}"
    return f"a card is {count} overdue" if days > 0 else f"a card is due in {count}"
