"""What is sold of AI beyond the plan, noted month by month (UTC). Counting is no change of the product, so nothing is recorded."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta

from django.conf import settings
from django.db.models import Sum
from django.utils import timezone

from workspaces import panels
from workspaces.actor import Actor
from workspaces.models import Workspace
from workspaces.plans import plan_of

from ..models import Billing, MeterEvent
from .metering import today
from .rows import hold

LATE = timedelta(
    minutes=15
)  # in which calls that were under way at midnight are counted to the month in which they began
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
OLDEST = timedelta(days=34)  # Stripe takes what is at most 35 days old


def note_overage(by: Actor) -> int:
    """What was used beyond the plan and is not told to Stripe yet, as one event a month; how many tokens that is.

    A month that has ended is told to its end, by what the plan held then, before anything of the new one is.
    """
    row, workspace = hold(by), Workspace.objects.get(pk=by.workspace.pk)  # not the actor's copy: money hangs on it
    included = plan_of(workspace).ai_tokens or settings.AI_TOKENS
    if not row.overage or not row.subscribed or not included:
        return 0
    month, told = today().replace(day=1), 0
    if row.metered_month == (month - DAY).replace(day=1):
        told = _note(by, row, row.metered_month, row.metered_included)
        if timezone.now() < midnight(month) + LATE:
            return told
    included += workspace.granted_tokens(month)
    _open(row, month, included)
    return told + _note(by, row, month, included)


def mark_sent(by: Actor, rows: Iterable[MeterEvent]) -> None:
    """Stripe has them."""
    MeterEvent.objects.within(by.workspace).filter(pk__in=[row.pk for row in rows]).update(sent_at=timezone.now())


def counts_at(row: MeterEvent) -> datetime:
    """The moment that Stripe counts it at: when it was noted, or the last second of its month where that was later."""
    last = midnight((row.month + 31 * DAY).replace(day=1)) - SECOND
    return max(min(row.created_at, last), timezone.now() - OLDEST)


def midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)


def _open(row: Billing, month: date, included: int) -> None:
    """Which month is counted, and from how many tokens on: the version stays, for nothing of the subscription changes."""
    if (row.metered_month, row.metered_included) != (month, included):
        row.metered_month, row.metered_included = month, included
        row.save(update_fields=["metered_month", "metered_included"])


def _note(by: Actor, row: Billing, month: date, included: int) -> int:
    beyond = panels.usage("ai_tokens", by.workspace.pk, month=month) - included
    rows = MeterEvent.objects.within(by.workspace).filter(month=month)
    told = int(rows.aggregate(tokens=Sum("tokens", default=0))["tokens"])
    more = min(beyond, row.overage_cap or 0) - told
    if more <= 0:
        return 0
    MeterEvent(workspace=by.workspace, month=month, tokens=more).save(force_insert=True)
    return more
