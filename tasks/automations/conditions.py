"""What must be so of a card, as it is when the rule runs."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone

from ..models import Task
from .values import COLUMN, DAYS, LABEL, NOTHING, PERSON, POINTS, PRIORITY, WHOM, WORDS, Value, stands_in

MOST = 10


@dataclass(frozen=True)
class Seen:
    """A card, and who set the rule off (None: a day that has come)."""

    task: Task
    actor_id: Any = None

    def who(self, kept: str) -> set[str]:
        """The ids that a person's value stands for."""
        found = {"actor": self.actor_id, "creator": self.task.creator_id}.get(kept) if kept in WHOM else kept
        return {str(found)} if found else set()

    @property
    def people(self) -> set[str]:
        """Who is on it."""
        return {str(one.user_id) for one in self.task.assignments.all()}

    @property
    def labels(self) -> set[str]:
        return {str(one.label_id) for one in self.task.task_labels.all()}

    @property
    def days_left(self) -> int | None:
        """Until its due date; below 0 when that is over."""
        return (self.task.due - timezone.localdate()).days if self.task.due else None


@dataclass(frozen=True)
class Condition:
    """`holds` (what is seen, value)."""

    words: str
    value: Value
    holds: Callable[[Seen, Any], bool]


def _older(at: Any, days: int) -> bool:
    return bool(at < timezone.now() - timedelta(days=days))


def _checked(seen: Seen, value: None) -> bool:
    return 0 < seen.task.checklist_count == seen.task.checklist_done


CONDITIONS: dict[str, Condition] = {
    "column_is": Condition("it is in {value}", COLUMN, lambda seen, value: stands_in(seen.task.status, value)),
    "column_is_not": Condition("it is not in {value}", COLUMN, lambda seen, value: not stands_in(seen.task.status, value)),
    "priority_is": Condition("its priority is {value}", PRIORITY, lambda seen, value: seen.task.priority == value),
    "priority_from": Condition(
        "its priority is {value} or higher", PRIORITY, lambda seen, value: seen.task.priority >= value
    ),
    "has_label": Condition("it has the label {value}", LABEL, lambda seen, value: value in seen.labels),
    "has_not_label": Condition("it has not the label {value}", LABEL, lambda seen, value: value not in seen.labels),
    "has_no_label": Condition("it has no label", NOTHING, lambda seen, value: not seen.labels),
    "assigned_to": Condition("it is assigned to {value}", PERSON, lambda seen, value: bool(seen.who(value) & seen.people)),
    "not_assigned_to": Condition(
        "it is not assigned to {value}", PERSON, lambda seen, value: not seen.who(value) & seen.people
    ),
    "unassigned": Condition("nobody is on it", NOTHING, lambda seen, value: not seen.people),
    "assigned": Condition("somebody is on it", NOTHING, lambda seen, value: bool(seen.people)),
    "title_has": Condition(
        "its title contains {value}", WORDS, lambda seen, value: value.casefold() in seen.task.title.casefold()
    ),
    "has_due": Condition("it has a due date", NOTHING, lambda seen, value: seen.task.due is not None),
    "has_no_due": Condition("it has no due date", NOTHING, lambda seen, value: seen.task.due is None),
    "due_within": Condition(
        "it is due within {value} days, or overdue", DAYS,
        lambda seen, value: seen.days_left is not None and seen.days_left <= value,
    ),
    "overdue": Condition("it is overdue", NOTHING, lambda seen, value: seen.days_left is not None and seen.days_left < 0),
    "has_no_estimate": Condition("it has no estimate", NOTHING, lambda seen, value: seen.task.estimate is None),
    "estimate_from": Condition(
        "it is estimated at {value} points or more", POINTS, lambda seen, value: (seen.task.estimate or 0) >= value
    ),
    "older_than": Condition(
        "it was created more than {value} days ago", DAYS, lambda seen, value: _older(seen.task.created_at, value)
    ),
    "untouched": Condition(
        "nobody has changed it for {value} days", DAYS, lambda seen, value: _older(seen.task.updated_at, value)
    ),
    "checked": Condition("all of its checklist is ticked", NOTHING, _checked),
}  # fmt: skip


def hold(conditions: list[dict[str, Any]], seen: Seen) -> bool:
    """Whether all of them are so."""
    return all(CONDITIONS[one["kind"]].holds(seen, one["value"]) for one in conditions)
