"""Months: budgets and figures run by calendar months in UTC, the same for everybody in the workspace."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.utils import timezone

from workspaces.errors import Refused

WRITTEN = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")


@dataclass(frozen=True)
class Month:
    """A calendar month in UTC, by its first day."""

    first: date

    @classmethod
    def now(cls) -> "Month":
        """The month that runs."""
        return cls(timezone.now().astimezone(UTC).date().replace(day=1))

    @classmethod
    def read(cls, said: str) -> "Month":
        """From `2026-12`; empty: the one that runs."""
        if not said:
            return cls.now()
        if not (found := WRITTEN.fullmatch(said)):
            raise Refused("This must be a month such as 2026-12.", "month")
        return cls(date(int(found[1]), int(found[2]), 1))

    @property
    def next(self) -> "Month":
        return Month((self.first + timedelta(days=32)).replace(day=1))

    @property
    def previous(self) -> "Month":
        return Month((self.first - timedelta(days=1)).replace(day=1))

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(days=day) for day in range((self.next.first - self.first).days)]

    @property
    def starts(self) -> datetime:
        return midnight(self.first)

    @property
    def ends(self) -> datetime:
        return midnight(self.next.first)

    def __str__(self) -> str:
        return f"{self.first:%Y-%m}"


def midnight(day: date) -> datetime:
    """Where a day begins in UTC."""
    return datetime.combine(day, time.min, UTC)
