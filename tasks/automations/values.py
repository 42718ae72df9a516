"""What a part of a rule names: columns, people, labels, days, words. Kept by id and looked for anew whenever it is needed."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from accounts.models import User
from workspaces.actor import Actor
from workspaces.errors import Refused
from workspaces.models import Membership
from workspaces.permissions import MEMBER
from workspaces.rules import as_uuid, line, text

from ..models import Label, Project, Status, Task
from ..people import people_for

Choices = list[tuple[str, str]]
CATEGORY = "category:"
CATEGORIES = {f"{CATEGORY}{one.value}": f"any column of {one.label}" for one in Status.Category}
FIELDS = {
    "priority": "priority", "assignees": "assignees", "labels": "labels", "due": "due date", "estimate": "estimate",
}  # fmt: skip
WHOM = {"actor": "whoever set it off", "creator": "whoever created the card"}
MOST_DAYS = 365


@dataclass(frozen=True)
class Around:
    """With whose eyes a rule is read, and in which project; None: in all that they may edit."""

    by: Actor
    project: Project | None

    @cached_property
    def columns(self) -> dict[str, Status]:
        """By id, in the order of the board."""
        if self.project is None:
            return {}
        return {str(one.pk): one for one in self.project.statuses.filter(deleted_at=None).order_by("rank")}

    @cached_property
    def labels(self) -> dict[str, Label]:
        """By id, by name."""
        if self.project is None:
            return {}
        return {str(one.pk): one for one in self.project.labels.filter(deleted_at=None).order_by("name")}

    @cached_property
    def people(self) -> dict[str, User]:
        """By id, by name: who can be given work there."""
        if self.project is not None:
            rows = people_for(self.by, self.project)
        else:
            rows = Membership.objects.within(self.by.workspace).filter(role__level__gte=MEMBER).select_related("user")
            rows = rows.order_by("user__name", "user__email")
        return {str(one.user_id): one.user for one in rows}


@dataclass(frozen=True)
class Value:
    """`read` takes what is said to what is kept, `show` that to words; both raise Refused where it is not, or no longer, there.

    `form` is the control of the builder: select, number, line or text.
    """

    hint: str
    read: Callable[[Around, Any], Any]
    show: Callable[[Around, Any], str]
    choices: Callable[[Around], Choices] = lambda around: []
    form: str = "select"


# -- columns


def _read_column(around: Around, said: Any) -> str:
    words = _words(said)
    if words in CATEGORIES:
        return words
    found = next((key for key, one in around.columns.items() if words in (key, one.name)), None)
    if found is None:
        raise Refused(_no(around, "column", words))
    return found


def _show_column(around: Around, kept: str) -> str:
    if kept in CATEGORIES:
        return CATEGORIES[kept]
    return _there(around.columns, kept, "The column it names is gone").name


def column_of(task: Task, kept: str) -> Status:
    """Where a step moves a card to: the column, or the first of its category."""
    rows = task.project.statuses.filter(deleted_at=None).order_by("rank")
    if kept in CATEGORIES:
        found = rows.filter(category=kept.removeprefix(CATEGORY)).first()
    else:
        found = rows.filter(pk=kept).first()
    if found is None:
        raise Refused(f"{task.project.key} has no such column any more.")
    found.project = task.project
    return found  # type: ignore[no-any-return]


def stands_in(task_status: Status, kept: str) -> bool:
    """Whether that column is, or is of, what is kept."""
    return kept in (str(task_status.pk), f"{CATEGORY}{task_status.category}")


# -- labels


def _read_label(around: Around, said: Any) -> str:
    words = _words(said)
    if around.project is None:
        raise Refused("Labels belong to a project: choose one for this rule.")
    found = next((key for key, one in around.labels.items() if words in (key, one.name)), None)
    if found is None:
        raise Refused(_no(around, "label", words))
    return found


def _show_label(around: Around, kept: str) -> str:
    return _there(around.labels, kept, "The label it names is gone").name


# -- people


def _read_person(more: dict[str, str]) -> Callable[[Around, Any], str]:
    def read(around: Around, said: Any) -> str:
        words = str(around.by.user.pk) if said == "me" else _words(said)
        if words in more:
            return words
        for key, one in around.people.items():
            if words == key or words.lower() == one.email.lower():
                return key
        raise Refused(
            f"{words[:80]} cannot see this project, or is not here: choose somebody who can, or share it with them first."
        )

    return read


def _show_person(more: dict[str, str]) -> Callable[[Around, Any], str]:
    return lambda around, kept: (
        more[kept] if kept in more else str(_there(around.people, kept, "The person it names is gone"))
    )


def _person(**more: str) -> Value:
    return Value(
        f"an id, an e-mail address, me{''.join(f', {one}' for one in more)}",
        _read_person(more),
        _show_person(more),
        lambda around: [*more.items(), *((key, str(one)) for key, one in around.people.items())],
    )


# -- the rest


def _read_priority(around: Around, said: Any) -> int:
    found = _whole(said)
    if found not in Task.Priority.values:
        raise Refused("Priority is a number from 0 (none) to 4 (urgent).")
    return found


def _number(lowest: int, highest: int, hint: str) -> Value:
    def read(around: Around, said: Any) -> int:
        found = _whole(said)
        if not lowest <= found <= highest:
            raise Refused(f"This is a whole number from {lowest} to {highest:,}.")
        return found

    return Value(hint, read, lambda around, kept: str(kept), form="number")


def _read_field(around: Around, said: Any) -> str:
    if _words(said) not in FIELDS:
        raise Refused(f"The field is one of {', '.join(FIELDS)}.")
    return str(said)


def _read_nothing(around: Around, said: Any) -> None:
    if said not in (None, ""):
        raise Refused("This takes no value.")


NOTHING = Value("null", _read_nothing, lambda around, kept: "", form="")
COLUMN = Value(
    "the id or name of a column, or category:backlog, category:started, category:done", _read_column, _show_column,
    lambda around: [*((key, one.name) for key, one in around.columns.items()), *CATEGORIES.items()],
)  # fmt: skip
LABEL = Value(
    "the id or name of a label of the rule's project", _read_label, _show_label,
    lambda around: [(key, one.name) for key, one in around.labels.items()],
)  # fmt: skip
PERSON = _person(**WHOM)
ASSIGNEE = _person(assignees="whoever is on the card", **WHOM)
SOMEBODY = _person()
PRIORITY = Value(
    "0 (none) to 4 (urgent)", _read_priority, lambda around, kept: Task.Priority(kept).label,
    lambda around: [(str(value), str(label)) for value, label in Task.Priority.choices],
)  # fmt: skip
FIELD = Value(
    ", ".join(FIELDS), _read_field, lambda around, kept: FIELDS[kept],
    lambda around: list(FIELDS.items()),
)  # fmt: skip
DAYS = _number(0, MOST_DAYS, "days")
DAYS_AROUND = _number(-MOST_DAYS, MOST_DAYS, "days after the due date; below 0: before it")
POINTS = _number(0, 1000, "points")
WORDS = Value(
    "words", lambda around, said: line(said, "value", longest=100), lambda around, kept: f"“{kept}”", form="line"
)
TITLE = Value(
    "one line; {key}, {title} … are filled in", lambda around, said: _with_places(line(said, "value", longest=300)),
    lambda around, kept: f"“{kept}”", form="line",
)  # fmt: skip
COMMENT = Value(
    "Markdown; {key}, {title} … are filled in as plain text",
    lambda around, said: _with_places(_not_empty(text(said, "value", longest=2000))),
    lambda around, kept: f"“{' '.join(kept.split())[:80]}”", form="text",
)  # fmt: skip
# what a text of a rule may say of the card that it is about
PLACES = ("key", "title", "column", "project", "assignees", "due", "actor", "rule")


def _with_places(words: str) -> str:
    """Refuses a {place} that nothing is filled into."""
    from .places import unknown

    if (found := unknown(words)) is not None:
        raise Refused(f"{{{found[:40]}}} is not known here; there are {', '.join(f'{{{one}}}' for one in PLACES)}.")
    return words


def _not_empty(words: str) -> str:
    if not words.strip():
        raise Refused("This may not be empty.")
    return words


def _words(said: Any) -> str:
    if not isinstance(said, str) or not said:
        raise Refused("Choose one.")
    return said


def _whole(said: Any) -> int:
    if isinstance(said, str) and said.strip().removeprefix("-").isdecimal() and said.isascii() and len(said) < 10:
        said = int(said)
    if isinstance(said, bool) or not isinstance(said, int):
        raise Refused("This is a whole number.")
    return said


def _no(around: Around, noun: str, words: str) -> str:
    where = f"in {around.project.key}" if around.project else "without a project: choose one for this rule"
    return f"There is no {noun} {'of this name' if as_uuid(words) else words[:60]} {where}."


def _there(rows: dict[str, Any], kept: str, gone: str) -> Any:
    if kept not in rows:
        raise Refused(f"{gone}.")
    return rows[kept]
