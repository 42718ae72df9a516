"""What workspaces pay a month, by the prices of their plans; of what Stripe took, its own pages tell."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Sum
from django.utils import timezone

from billing.models import Billing, Plan

Status = Billing.Status
PAYING = (Status.ACTIVE, Status.PAST_DUE)
MONTH = timedelta(days=30)


@dataclass(frozen=True)
class Revenue:
    """`month_cents` of all paying workspaces; `left` are those that ended in 30 days."""

    month_cents: float
    paying: int
    left: int

    @property
    def churn(self) -> float:
        """Percent of those that paid 30 days ago, as far as nobody came since."""
        return 100 * self.left / (self.paying + self.left) if self.left else 0.0


def read() -> Revenue:
    """Over all workspaces."""
    rows = _rows().filter(status__in=PAYING)
    groups = list(rows.values("plan", "interval").annotate(seats=Sum("seats"), count=Count("pk")))
    prices = _prices()
    cents = sum(one["seats"] * prices.get((one["plan"], one["interval"]), 0) for one in groups)
    left = _rows().filter(status=Status.CANCELED, period_end__gte=timezone.now() - MONTH).count()
    return Revenue(cents, sum(one["count"] for one in groups), left)


def of_each(workspaces: Iterable[UUID]) -> dict[UUID, float]:
    """Cents a month of each of these."""
    prices = _prices()
    rows = _rows().filter(workspace__in=list(workspaces), status__in=PAYING)
    found = rows.values_list("workspace_id", "plan", "interval", "seats")
    return {key: seats * prices.get((plan, interval), 0) for key, plan, interval, seats in found}


def dollars(cents: float) -> str:
    """$1,234.50"""
    return f"${cents / 100:,.2f}"


def _prices() -> dict[tuple[str, str], float]:
    """Cents a seat and month, by plan and interval."""
    found: dict[tuple[str, str], float] = {}
    for plan in Plan.objects.using("ops"):
        found[plan.key, Billing.Interval.MONTH] = plan.month_cents or 0
        found[plan.key, Billing.Interval.YEAR] = (plan.year_cents or 0) / 12
    return found


def _rows() -> Any:
    return Billing._base_manager.using("ops").order_by()
