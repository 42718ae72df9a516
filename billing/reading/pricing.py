"""The table of plans: what each costs and includes, in words."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..models import Plan
from ..templatetags.billing import amount, money

Say = Callable[[Plan], str]


@dataclass(frozen=True)
class Line:
    """One line of the table: what it is about, and a cell for each plan."""

    title: str
    cells: list[tuple[str, str]]  # the plan's name, and what it has


def _count(name: str, words: str = "{}", none: str = "As many as you like") -> Say:
    def say(plan: Plan) -> str:
        value = getattr(plan, name)
        return none if value is None else words.format(f"{value:,}")

    return say


def _storage(plan: Plan) -> str:
    room = plan.limits().storage
    return "As much as your disks hold" if room is None else amount(room, "storage")


LINES: list[tuple[str, Say]] = [
    ("People", _count("seats")),
    ("Guests", _count("guests", "Free, up to {} a seat", "Free")),
    ("Projects", _count("projects")),
    ("Storage", _storage),
    ("AI tokens a month", _count("ai_tokens", none="By agreement")),
    ("Automation runs a month", _count("automation_runs")),
    ("The activity feed goes back", _count("history_days", "{} days", "To the beginning")),
    ("API requests a minute, each person", _count("per_person")),
    ("API requests a minute, all together", _count("per_workspace")),
]


def pricing() -> dict[str, Any]:
    """What the page is drawn from."""
    plans = list(Plan.objects.filter(shown=True))
    return {
        "plans": [(plan, price_words(plan)) for plan in plans],
        "lines": [Line(title, [(plan.name, say(plan)) for plan in plans]) for title, say in LINES],
    }


def price_words(plan: Plan) -> tuple[str, str]:
    """$9, and what for: a seat a month, or $90 a year."""
    month, year = plan.month_cents, plan.year_cents
    if month is None and year is None:
        return "Talk to us", "by agreement"
    if not month and not year:
        return money(0, plan.currency), "for good"
    if month is None:
        return money(year, plan.currency), "a seat a year"
    less = f", or {money(year, plan.currency)} a year" if year is not None else ""
    return money(month, plan.currency), f"a seat a month{less}"
