"""What AI used in a month, by person, purpose, model and day: everybody's to who manages the workspace, else one's own."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Min, Q, QuerySet, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from accounts.models import User
from workspaces.actor import Actor
from workspaces.errors import Refused
from workspaces.faces import face
from workspaces.rules import as_uuid

from ..budget import Stand
from ..models import AIUsage
from .forecast import WINDOW, Forecast, foresee
from .months import Month, midnight

LONGEST = 200  # characters of the name of a model
TOKENS = F("input_tokens") + F("output_tokens")
SUMS = {
    "calls": Count("pk"), "tokens": Sum(TOKENS, default=0), "input": Sum("input_tokens", default=0),
    "output": Sum("output_tokens", default=0), "cost": Sum("cost_micros", default=0),
}  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """Which month, and what of it: a person's id, a purpose, a model, a day."""

    month: Month
    person: str = ""
    purpose: str = ""
    model: str = ""
    day: date | None = None

    @property
    def told(self) -> dict[str, str]:
        """The filters that are set, as they are written; the month always."""
        return {name: str(value) for name, value in vars(self).items() if value}


def read_asked(given: Mapping[str, str]) -> Asked:
    """From a query; what cannot be is refused by name."""
    month, person, day = Month.read(given.get("month", "")), given.get("person", ""), given.get("day", "")
    if person and as_uuid(person) is None:
        raise Refused("This must be the id of a person.", "person")
    return Asked(month, person, _name(given, "purpose"), _name(given, "model"), _day(day, month) if day else None)


def _name(given: Mapping[str, str], name: str) -> str:
    value = given.get(name, "")
    if len(value) > LONGEST or not (value == "" or value.isprintable()):
        raise Refused(f"There is no such {name}.", name)
    return value


def _day(said: str, month: Month) -> date:
    try:
        day = date.fromisoformat(said)
    except ValueError:
        day = date.min
    if day not in month.days:
        raise Refused(f"This must be a day of the month {month}.", "day")
    return day


@dataclass(frozen=True)
class Share:
    """One line of a table: `part` is its tokens' part of all in percent; of days, that of the day with most."""

    key: str
    words: str
    calls: int
    tokens: int
    input: int
    output: int
    cost: int
    part: float
    who: dict[str, Any] | None = None

    @property
    def top(self) -> float:
        """Where its bar begins, from above."""
        return 100 - self.part


class Usage:
    """The figures of one month as one person may see them."""

    def __init__(self, by: Actor, asked: Asked) -> None:
        self.by, self.asked = by, asked
        self.everybody = sees_everybody(by)

    def rows(self) -> QuerySet[AIUsage]:
        """What passes the filters, in no order."""
        return self._narrowed(self.asked)

    def _narrowed(self, asked: Asked) -> QuerySet[AIUsage]:
        rows = seen(self.by).filter(created_at__gte=asked.month.starts, created_at__lt=asked.month.ends)
        if asked.person:
            rows = rows.filter(user_id=UUID(asked.person))
        if asked.purpose:
            rows = rows.filter(purpose=asked.purpose)
        if asked.model:
            rows = rows.filter(model=asked.model)
        if asked.day:
            rows = rows.filter(
                created_at__gte=midnight(asked.day), created_at__lt=midnight(asked.day + timedelta(days=1))
            )
        return rows

    @cached_property
    def total(self) -> dict[str, int]:
        """Of all that passes; `unpriced` calls have no known cost."""
        unpriced = Count("pk", filter=Q(cost_micros=None))
        return self.rows().aggregate(**SUMS, unpriced=unpriced)  # type: ignore[no-any-return]

    def people(self) -> list[Share]:
        """Most first; who has left is still named."""
        rows = self._by("user")
        found = User.objects.in_bulk([row["user"] for row in rows])
        return [
            self._share(row, str(row["user"] or ""), str(found.get(row["user"]) or "Somebody"), face(found.get(row["user"])))
            for row in rows
        ]  # fmt: skip

    def purposes(self) -> list[Share]:
        """Most first."""
        return [self._share(row, row["purpose"], purpose_words(row["purpose"])) for row in self._by("purpose")]

    def models(self) -> list[Share]:
        """Most first."""
        return [self._share(row, row["model"], row["model"]) for row in self._by("model")]

    def days(self) -> list[Share]:
        """Every day of the month, whichever one was asked for."""
        rows = (
            self._narrowed(replace(self.asked, day=None))
            .annotate(day=TruncDate("created_at", tzinfo=UTC))
            .values("day")
            .annotate(**SUMS)
            .order_by("day")
        )
        found = {row["day"]: row for row in rows}
        most = max((row["tokens"] for row in found.values()), default=0)
        nothing = dict.fromkeys(SUMS, 0)
        return [
            self._share(found.get(day, nothing), str(day), f"{day:%-d %B %Y}", most=most)
            for day in self.asked.month.days
        ]

    def forecast(self, stand: Stand) -> Forecast | None:
        """Of the month that runs: when all of the workspace will have used this budget up."""
        now = timezone.now()
        week = AIUsage.objects.within(self.by.workspace).filter(created_at__gte=now - WINDOW, budget_kind=stand.kind)
        recent = week.aggregate(tokens=SUMS["tokens"], first=Min("created_at"))
        return foresee(stand.used, stand.limit, recent["tokens"], recent["first"] or now, now, self.asked.month.ends)

    def words(self) -> dict[str, str]:
        """The filters that are set, as people read them."""
        asked = self.asked
        person = (
            User.objects.filter(pk=asked.person, pk__in=seen(self.by).values("user")).first() if asked.person else None
        )
        said = {
            "person": asked.person and str(person or "Somebody"), "purpose": purpose_words(asked.purpose) if asked.purpose else "",
            "model": asked.model, "day": f"{asked.day:%-d %B}" if asked.day else "",
        }  # fmt: skip
        return {name: words for name, words in said.items() if words}

    def _by(self, name: str) -> list[dict[str, Any]]:
        return list(self.rows().values(name).annotate(**SUMS).order_by("-tokens", "-calls", name))

    def _share(
        self,
        row: Mapping[str, Any],
        key: str,
        words: str,
        who: dict[str, Any] | None = None,
        *,
        most: int | None = None,
    ) -> Share:
        sums = {name: int(row[name]) for name in SUMS}
        whole = self.total["tokens"] if most is None else most
        part = round(max(100 * sums["tokens"] / whole, 0.5), 1) if whole and sums["tokens"] else 0.0
        return Share(key, words, **sums, part=part, who=who)


def sees_everybody(by: Actor) -> bool:
    """Whether the figures of all people are shown."""
    return by.holds("workspace.manage")


def seen(by: Actor) -> QuerySet[AIUsage]:
    """The calls that somebody may look at: their own, or everybody's."""
    rows: QuerySet[AIUsage] = AIUsage.objects.within(by.workspace)
    return rows if sees_everybody(by) else rows.filter(user=by.user)


def purpose_words(purpose: str) -> str:
    """write.draft → Write: draft"""
    return ": ".join(part.replace("_", " ") for part in purpose.split(".")).capitalize()
