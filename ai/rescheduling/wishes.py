"""What a plan has to keep to: dates of the whole plan, and rules about people and tasks (chips on the page), checked.

All doors give the same words: `read_wishes` finds what they name with the eyes of whoever asks, and what is kept names
people and tasks by ids and keys alone.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from tasks.api.naming import people_named, task_named
from tasks.models import Project
from workspaces.actor import Actor
from workspaces.errors import Refused

Json = dict[str, Any]
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MOVING = {"low": 5, "normal": 20, "high": 100}  # what a move costs the plan; a day too late costs 10
WEEKS, LONGEST = 13, 366  # of a plan: unless told, and days at most
MOST_RULES, MOST_MOVES, MOST_POINTS = 200, 1000, 100.0
# which rules there are, and what each says
RULES = {
    "away": ("person", "since", "until"),
    "points": ("person", "points"),
    "days": ("person", "days"),
    "by": ("task", "until"),
    "not_before": ("task", "since"),
    "stays": ("task",),
    "first": ("task",),
}
WORDS = {
    "person": "the person", "task": "the task", "since": "the first day", "until": "the last day", "points": "the points a day",
    "days": "the working days",
}  # fmt: skip


@dataclass(frozen=True)
class Rule:
    """One chip: `person` is an id, `task` FLOW-42."""

    rule: str
    person: str = ""
    task: str = ""
    first: date | None = None
    last: date | None = None
    points: float = 0.0
    days: tuple[str, ...] = ()

    @property
    def kept(self) -> Json:
        """As it is given, and given again."""
        said = {
            "person": self.person, "task": self.task, "since": self.first and self.first.isoformat(),
            "until": self.last and self.last.isoformat(), "points": self.points, "days": list(self.days),
        }  # fmt: skip
        return {"rule": self.rule} | {name: said[name] for name in RULES[self.rule]}


@dataclass(frozen=True)
class Wishes:
    """All that is asked of a plan."""

    start: date
    end: date
    deadline: date | None = None
    frozen_until: date | None = None
    most_moves: int | None = None
    moving: str = "normal"
    undated: bool = False
    points_a_day: float = 1.0
    rules: tuple[Rule, ...] = field(default=())

    @property
    def kept(self) -> Json:
        """As it is given, and given again; `rules` name by ids and keys."""
        return {
            "start": self.start.isoformat(), "end": self.end.isoformat(), "deadline": self.deadline and self.deadline.isoformat(),
            "frozen_until": self.frozen_until and self.frozen_until.isoformat(), "most_moves": self.most_moves, "moving": self.moving,
            "undated": self.undated, "points_a_day": self.points_a_day, "rules": [rule.kept for rule in self.rules],
        }  # fmt: skip


def read_wishes(by: Actor, project: Project, said: Json) -> Wishes:
    """Raises Refused with the field that is at fault: `end`, `rules[2].person`."""
    start = _day(said, "start") or timezone.localdate()
    end = _day(said, "end") or start + timedelta(weeks=WEEKS)
    if end < start:
        raise Refused("The plan ends before it begins.", "end")
    if (end - start).days > LONGEST:
        raise Refused("A plan reaches over a year at most.", "end")
    deadline, frozen = _day(said, "deadline"), _day(said, "frozen_until")
    if deadline and deadline < start:
        raise Refused("The deadline lies before the plan begins.", "deadline")
    moving = said.get("moving", "normal")
    if not isinstance(moving, str) or moving not in MOVING:
        raise Refused(f"What a move costs is one of {', '.join(MOVING)}.", "moving")
    undated = said.get("undated", False)
    if not isinstance(undated, bool):
        raise Refused("Say true or false.", "undated")
    points = _points(said.get("points_a_day", 1.0), "points_a_day")
    if not points:
        raise Refused("With no points a day nobody works on anything.", "points_a_day")
    moves, rules = _moves(said.get("most_moves")), read_rules(by, project, said.get("rules", []))
    return Wishes(start, end, deadline, frozen, moves, moving, undated, points, rules)


def read_rules(by: Actor, project: Project, said: Any) -> tuple[Rule, ...]:
    """The rules, each found with the actor's eyes."""
    if not isinstance(said, list) or len(said) > MOST_RULES:
        raise Refused(f"The rules are a list of at most {MOST_RULES}.", "rules")
    people, found = _People(by, project), []
    for place, one in enumerate(said):
        try:
            found.append(_rule(by, project, people, one))
        except Refused as no:
            raise Refused(no.words, f"rules[{place}]{'.' if no.field else ''}{no.field}") from no
    return tuple(dict.fromkeys(found))


def read_rule(by: Actor, project: Project, said: Any) -> Rule:
    """A single one."""
    return _rule(by, project, _People(by, project), said)


def _rule(by: Actor, project: Project, people: "_People", said: Any) -> Rule:
    if not isinstance(said, dict):
        raise Refused("A rule is an object: rule, and what it is about.")
    kind = said.get("rule")
    if not isinstance(kind, str) or kind not in RULES:
        raise Refused(f"A rule is one of {', '.join(RULES)}.", "rule")
    given = {name for name, value in said.items() if value not in (None, "", [])}
    if unknown := sorted(given - {"rule", *RULES[kind]}):
        raise Refused(f"The rule {kind} takes no {unknown[0][:40]}.", unknown[0][:40])
    if missing := next((name for name in RULES[kind] if name not in given), ""):
        raise Refused(f"Say {WORDS[missing]}.", missing)
    first, last = _day(said, "since"), _day(said, "until")
    if first and last and last < first:
        raise Refused("The last day lies before the first.", "until")
    if first and last and (last - first).days > LONGEST:
        raise Refused("That is more than a year.", "until")
    return Rule(
        kind, people.named(said["person"]) if "person" in given else "", _task(by, project, said["task"]) if "task" in given else "",
        first, last, _points(said["points"], "points") if "points" in given else 0.0, _days(said["days"]) if "days" in given else (),
    )  # fmt: skip


class _People:
    """The people whom rules name, each looked for once."""

    def __init__(self, by: Actor, project: Project) -> None:
        self.by, self.project = by, project
        self.known: dict[str, User] = {}

    def named(self, said: Any) -> str:
        if not isinstance(said, str):
            raise Refused("A person is named by id, e-mail address or me.", "person")
        if said not in self.known:
            self.known[said] = people_named(self.by, self.project, [said], "person")[0]
        return str(self.known[said].pk)


def _task(by: Actor, project: Project, said: Any) -> str:
    if not isinstance(said, str):
        raise Refused(f"A task is named like {project.key}-42.", "task")
    task = task_named(by, project, said.strip().upper(), "task")
    assert task
    return task.ref


def _day(said: Json, name: str) -> date | None:
    value = said.get(name)
    if value in (None, "") or isinstance(value, date):
        return value or None
    return _shaped(value, name, date.fromisoformat, "a date such as 2026-12-31")  # type: ignore[no-any-return]


def _shaped(value: Any, name: str, read: Callable[[str], Any], words: str) -> Any:
    try:
        return read(value)
    except (TypeError, ValueError):
        raise Refused(f"This must be {words}.", name) from None


def _points(said: Any, name: str) -> float:
    if isinstance(said, bool) or not isinstance(said, int | float) or not 0 <= said <= MOST_POINTS:
        raise Refused(f"Points a day are a number from 0 to {MOST_POINTS:g}.", name)
    return round(float(said), 2)


def _moves(said: Any) -> int | None:
    if said is None:
        return None
    if isinstance(said, bool) or not isinstance(said, int) or not 0 <= said <= MOST_MOVES:
        raise Refused(f"At most how many dates may move: a whole number from 0 to {MOST_MOVES:,}.", "most_moves")
    return said


def _days(said: Any) -> tuple[str, ...]:
    if not isinstance(said, Sequence) or isinstance(said, str) or not all(one in DAYS for one in said):
        raise Refused(f"The working days are some of {', '.join(DAYS)}.", "days")
    return tuple(day for day in DAYS if day in said)
