"""The page of insights: what stands out, and two plots: what came in and got done each week, and who has how much at hand."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count
from django.db.models.functions import TruncWeek
from django.utils import timezone

from workspaces.actor import Actor

from ..models import Task
from .facts import Facts
from .insights import CAPACITY, KINDS, RULES, Insights, Load

WEEKS = 12
SHOWN_PEOPLE = 12
EMPTY = {
    "late": "Nothing is late.",
    "blocked": "Nothing waits for something else.",
    "stale": "Everything in progress has moved this week.",
    "overloaded": "Nobody and no column has too much.",
}
ICONS = {"late": "calendar-clock", "blocked": "ban", "stale": "hourglass", "overloaded": "users"}


@dataclass(frozen=True)
class Week:
    """What was made and what got done in a week; heights are of 100."""

    begins: date
    made: int
    done: int
    most: int

    @property
    def bars(self) -> list[dict[str, str]]:
        """The two bars as the SVG has them."""
        return [_bar("is-made", 0.5, self.made, self.most), _bar("is-done", 5, self.done, self.most)]

    @property
    def ends(self) -> date:
        return self.begins + timedelta(days=6)


def _bar(name: str, x: float, count: int, most: int) -> dict[str, str]:
    height = max(100 * count / most, 2) if count else 0
    return {"name": name, "x": f"{x:g}", "y": f"{100 - height:.1f}", "height": f"{height:.1f}"}


def weeks_of(by: Actor, facts: Facts) -> list[Week]:
    """The last twelve weeks, the current one last; archived tasks were made and done too."""
    rows = Task.objects.shared_with(by) if facts.part else Task.objects.within(by.workspace)
    rows = rows.filter(project=facts.project, deleted_at=None).order_by()
    today = timezone.localdate()
    begins = [today - timedelta(days=today.weekday(), weeks=back) for back in range(WEEKS - 1, -1, -1)]
    made, done = (_by_week(rows, name, begins[0]) for name in ("created_at", "completed_at"))
    most = max([*made.values(), *done.values(), 1])
    return [Week(day, made.get(day, 0), done.get(day, 0), most) for day in begins]


def _by_week(rows: Any, name: str, since: date) -> dict[date, int]:
    rows = rows.filter(**{f"{name}__date__gte": since}).annotate(week=TruncWeek(name))
    return {week.date(): count for week, count in rows.values_list("week").annotate(count=Count("pk"))}


def insights_page(found: Insights, weeks: list[Week]) -> dict[str, Any]:
    """As templates/tasks/insights.html draws it."""
    most = max([CAPACITY, *(load.points for load in found.loads)])
    return {
        "groups": [
            {
                "kind": kind, "name": name, "rule": RULES[kind], "icon": ICONS[kind], "rows": found.facts[kind],
                "count": found.counts[kind], "empty": EMPTY[kind], "more": found.counts[kind] - len(found.facts[kind]),
            }
            for kind, name in KINDS.items()
        ],
        "weeks": weeks, "busiest": weeks[0].most if any(week.made or week.done for week in weeks) else 0,
        "loads": [_load(load, most) for load in found.loads[:SHOWN_PEOPLE]], "capacity": CAPACITY,
        "line": f"{100 * CAPACITY / most:.1f}",
    }  # fmt: skip


def _load(load: Load, most: int) -> dict[str, Any]:
    return {
        "person": load.person, "points": load.points, "tasks": load.tasks, "late": load.late,
        "width": f"{100 * load.points / most:.1f}", "over": load.points > CAPACITY,
    }  # fmt: skip
