"""What workspaces pay a month, as their subscriptions stand at Stripe; what came and left is of the days that a job keeps."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Sum
from django.utils import timezone

from billing.facts import paying
from billing.models import Billing, RevenueDay

SPAN = 30  # days
SHOWN = 90
SUMS = ("came", "came_cents", "left", "left_cents", "paid_cents")


@dataclass(frozen=True)
class Revenue:
    """In one currency, as of now; what is in SUMS over the last 30 days. Amounts are cents."""

    currency: str
    paying: int
    month_cents: int
    came: int = 0
    came_cents: int = 0
    left: int = 0
    left_cents: int = 0
    paid_cents: int = 0
    before: tuple[int, int] | None = None  # how many paid 30 days ago, and how much a month
    days: dict[date, int] = field(default_factory=dict)  # cents a month, of the last 90

    @property
    def churn(self) -> float:
        """Percent of those that paid 30 days ago."""
        return percent(self.left, self.before[0] if self.before else self.paying - self.came + self.left)

    @property
    def lost(self) -> float:
        """Percent of what was paid a month 30 days ago."""
        return percent(
            self.left_cents, self.before[1] if self.before else self.month_cents - self.came_cents + self.left_cents
        )


def read() -> list[Revenue]:
    """Over all workspaces, by currency, the largest first."""
    today = timezone.now().date()
    rows = _rows().filter(paying(timezone.now())).values("currency")
    now = {one["currency"]: one for one in rows.annotate(count=Count("pk"), cents=Sum("month_cents"))}
    kept = RevenueDay.objects.using("ops").filter(day__gt=today - timedelta(days=SHOWN)).order_by("day")
    days: dict[str, list[RevenueDay]] = {}
    for row in kept:
        days.setdefault(row.currency, []).append(row)
    found = [_of(one, now.get(one), days.get(one, []), today - timedelta(days=SPAN)) for one in {*now, *days}]
    return sorted(found, key=lambda one: (-one.month_cents, one.currency))


def of_each(workspaces: Iterable[UUID]) -> dict[UUID, tuple[int, str]]:
    """Cents a month of each of these, and their currency."""
    rows = _rows().filter(paying(timezone.now()), workspace__in=list(workspaces))
    return {
        key: (cents, currency) for key, cents, currency in rows.values_list("workspace_id", "month_cents", "currency")
    }


def percent(part: int, whole: int) -> float:
    return 100 * part / whole if whole > 0 else 0.0


def _of(currency: str, now: dict[str, Any] | None, days: list[RevenueDay], since: date) -> Revenue:
    sums = {name: sum(getattr(row, name) for row in days if row.day > since) for name in SUMS}
    then = next(((row.paying, row.month_cents) for row in reversed(days) if row.day <= since and row.paying), None)
    cents = {row.day: row.month_cents for row in days}
    return Revenue(currency, now["count"] if now else 0, now["cents"] if now else 0, **sums, before=then, days=cents)


def _rows() -> Any:
    return Billing._base_manager.using("ops").order_by()
