"""How far back the feed goes: as many days as the plan says. Older rows are kept: the audit page reads and exports them."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Max, QuerySet, Subquery
from django.utils import timezone

from accounts.ids import key_at

from .actor import Actor
from .models import ActivityLog
from .plans import plan_of


@dataclass(frozen=True)
class Horizon:
    """The plan by name, its days, and where the newest act that is older than these ends."""

    plan: str
    days: int
    seq: int

    @property
    def words(self) -> str:
        """What stands at the feed's end."""
        return (
            f"Here the feed of the {self.plan} plan ends: it goes back {self.days} days. Everything older is kept: admins and owners "
            "read and export it on the audit page, each task shows its whole history, and a larger plan’s feed goes back further."
        )

    def cut(self, rows: QuerySet[ActivityLog]) -> QuerySet[ActivityLog]:
        """Those that the feed shows."""
        return rows.filter(seq__gt=self.seq)


def horizon_of(by: Actor) -> Horizon | None:
    """By when a row was written, whatever day an import gave it; None: nothing is older, or the plan has no such number."""
    plan = plan_of(by.workspace)
    if plan.history_days is None:
        return None
    since = timezone.now() - timedelta(days=plan.history_days)
    rows = ActivityLog.objects.within(by.workspace)
    act = (
        rows.filter(pk__lt=key_at(since)).order_by("-pk").values("change")[:1]
    )  # a whole one: keys of one moment are in no order
    newest = rows.filter(change=Subquery(act)).aggregate(seq=Max("seq"))["seq"]
    return None if newest is None else Horizon(plan.name, plan.history_days, newest)


def told(horizon: Horizon | None) -> dict[str, Any] | None:
    """For programs."""
    return horizon and {"days": horizon.days, "words": horizon.words}
