"""How much is paid each day, over all workspaces: a job of the operator, so nothing is recorded."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, F, Q, Sum
from django.utils import timezone

from ..facts import paying
from ..models import Billing, Invoice, RevenueDay
from .metering import today

COUNTED = ("paying", "month_cents", "came", "came_cents", "left", "left_cents", "paid_cents")


def note_revenue(day: date) -> None:
    """Of today as it stands; of a day that is over only what began, ended and was paid on it, for the rest is not known any more."""
    over = day < today()
    found: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(COUNTED, 0))
    for currency, facts in _of_day(day, now=not over):
        found[currency] |= facts
    rows = [RevenueDay(day=day, currency=currency, **facts) for currency, facts in found.items()]
    fields = [name for name in COUNTED if not over or name not in ("paying", "month_cents")]
    RevenueDay.objects.bulk_create(rows, update_conflicts=True, unique_fields=["day", "currency"], update_fields=fields)


def _of_day(day: date, *, now: bool) -> Iterator[tuple[str, dict[str, int]]]:
    """(currency, facts), several times for a currency."""
    begin = datetime.combine(day, time.min, UTC)
    span = (begin, begin + timedelta(days=1))
    rows, bills = Billing._base_manager.using("ops").order_by(), Invoice._base_manager.using("ops").order_by()
    if now:
        yield from _sums(rows.filter(paying(timezone.now())), paying=Count("pk"), month_cents=Sum("month_cents"))
    came = rows.filter(began_at__gte=span[0], began_at__lt=min(span[1], timezone.now()))
    yield from _sums(came.filter(_was_paid()), came=Count("pk"), came_cents=Sum("month_cents"))
    gone = rows.filter(status=Billing.Status.CANCELED, ended_at__gte=span[0], ended_at__lt=span[1]).filter(_was_paid())
    yield from _sums(gone, left=Count("pk"), left_cents=Sum("month_cents"))
    yield from _sums(bills.filter(paid_at__gte=span[0], paid_at__lt=span[1], paid__gt=0), paid_cents=Sum("paid"))


def _was_paid() -> Q:
    """What ended in its trial never came, and so never left."""
    return Q(ended_at=None) | Q(ended_at__gt=F("began_at"))


def _sums(rows: Any, **sums: Any) -> Iterator[tuple[str, dict[str, int]]]:
    for row in rows.values("currency").annotate(**sums):
        yield row.pop("currency"), row
