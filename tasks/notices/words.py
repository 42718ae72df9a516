"""What an item says: a sentence that follows the name of who acted, from the row of the record that it stands for."""

from collections.abc import Callable
from typing import Any

from django.utils import timezone

from ..access import in_words
from ..events import PRIORITIES
from ..models import Notification, Reason
from ..reading.cards import day
from .reasons import REASONS

Row = Any  # of ActivityLog, or None where the record no longer holds it
LONGEST = 240  # characters of a comment that are shown


def sentence(one: Notification, row: Row) -> str:
    """`assigned it to you`, `commented 3 times`, `moved 14 tasks`."""
    reason = Reason(one.reason)
    if one.task_ids:
        return MANY[reason].format(count=f"{one.count:,} tasks")
    if reason in (Reason.DUE, Reason.OVERDUE):
        return _due(one)
    return SAYS[reason](one, row) if row is not None else REASONS[reason].chip


def said(text: str) -> str:
    """The beginning of a comment, on one line."""
    words = " ".join(text[: 4 * LONGEST].split())
    return words if len(words) <= LONGEST else f"{words[:LONGEST].rsplit(' ', 1)[0]} …"


def _times(words: str) -> Callable[[Notification, Row], str]:
    return lambda one, row: (
        words if one.count == 1 else f"{words} {one.count} times" if one.count > 2 else f"{words} twice"
    )


def _moved(one: Notification, row: Row) -> str:
    return f"moved it from {row.before['status']['name']} to {row.after['status']['name']}"


def _changed(one: Notification, row: Row) -> str:
    words = {
        "task:archived": "archived it", "task:restored": "brought it back", "task:deleted": "deleted it",
        "task:recovered": "recovered it", "task:left": "moved it to another project",
        "task:arrived": "moved it here from another project",
    }  # fmt: skip
    return words.get(row.event) or " and ".join(_fields(row)) or "changed it"


def _fields(row: Row) -> list[str]:
    said = []
    if "due" in row.after:
        said.append(f"set the due date to {row.after['due']}" if row.after["due"] else "removed the due date")
    if "priority" in row.after:
        said.append(f"set the priority to {PRIORITIES[row.after['priority']]}")
    return said


def _shared(one: Notification, row: Row) -> str:
    what = "it" if one.task_id else "the project"
    verb = f"changed what you may do with {what}" if row.before.get("grant") else f"shared {what} with you"
    return f"{verb}: {in_words(row.after['grant'])}"


def _other(row: Row) -> str:
    """The task that is in the way, where they may know of it."""
    return row.blocking.ref if getattr(row, "blocking", None) else "another task"


def _due(one: Notification) -> str:
    due = one.task.due if one.task else None
    if due is None:
        return "Its due date was removed"
    today = timezone.localdate()
    return f"{'Was due' if due < today else 'Due'} {_lowered(day(due, today))}"


def _lowered(words: str) -> str:
    return words.lower() if words in ("Today", "Tomorrow", "Yesterday") else words


def _rule(one: Notification, row: Row) -> str:
    if row.event == "automation:stopped":
        return f"Your rule “{row.subject_label}” was switched off. {row.after['why']}"
    return f"told you of it by the rule “{row.after['rule']}”"


SAYS: dict[Reason, Callable[[Notification, Row], str]] = {
    Reason.ASSIGNED: lambda one, row: "assigned it to you",
    Reason.MENTIONED: _times("mentioned you"),
    Reason.BLOCKING: lambda one, row: f"made it wait for {_other(row)}",
    Reason.UNBLOCKED: lambda one, row: f"finished {_other(row)}, the last thing it waited for",
    Reason.UNASSIGNED: lambda one, row: "took you off it",
    Reason.SHARED: _shared,
    Reason.ROLE: lambda one, row: f"changed your role from {row.before['role']} to {row.after['role']}",
    Reason.COMMENTED: _times("commented"),
    Reason.COMPLETED: lambda one, row: "completed it",
    Reason.MOVED: _moved,
    Reason.CHANGED: _changed,
    Reason.CREATED: lambda one, row: f"added it to {row.after['status']['name']}",
    Reason.IMPORTED: lambda one, row: "finished your import",
    Reason.RULE: _rule,
}
MANY: dict[Reason, str] = {
    Reason.ASSIGNED: "assigned you {count}", Reason.MENTIONED: "mentioned you in {count}", Reason.BLOCKING: "made {count} of yours wait",
    Reason.UNBLOCKED: "finished what {count} of yours waited for", Reason.UNASSIGNED: "took you off {count}",
    Reason.SHARED: "shared {count} with you", Reason.COMMENTED: "commented on {count}", Reason.COMPLETED: "completed {count}",
    Reason.MOVED: "moved {count}", Reason.CHANGED: "changed {count}", Reason.CREATED: "added {count}",
    Reason.ROLE: "changed your role", Reason.RULE: "told you of {count} by a rule", Reason.IMPORTED: "imported {count}", Reason.DUE: "{count} are due", Reason.OVERDUE: "{count} are overdue",
}  # fmt: skip
