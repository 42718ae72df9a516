"""What the audit page shows beside its rows: how many there were each day, and how far the chain was checked."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.cache import cache
from django.db.models import Count, DateTimeField, F, Func, IntegerField, Value
from django.utils import timezone

from .actor import Actor
from .audit import Asked, Audit, midnight
from .models import ActivityLog, Stream

USUAL_DAYS, MOST_BARS = 30, 60
COUNTED = 250_000
SMALL = 5_000  # rows that are checked at once; more are a worker's


@dataclass(frozen=True)
class Bar:
    """The rows of some days; `height` is of 100."""

    since: date
    until: date
    count: int
    height: float = 0
    counted: bool = True

    @property
    def top(self) -> float:
        return 100 - self.height


@dataclass(frozen=True)
class Plot:
    """Bars over the days asked for, or the last thirty."""

    bars: list[Bar]
    most: int
    counted_from: datetime | None

    @property
    def step(self) -> int:
        return (self.bars[0].until - self.bars[0].since).days + 1


def plot(audit: Audit) -> Plot:
    """Counts, newest first, no more rows than can be counted while somebody waits."""
    starts = _starts(audit.asked)
    bounds = [midnight(day) for day in starts]
    within = audit.rows().filter(created_at__gte=bounds[0], created_at__lt=bounds[-1])
    edge = _edge(audit, bounds)
    if edge:
        within = within.filter(created_at__gte=edge)
    place = Func(
        F("created_at"),
        Value(bounds, ArrayField(DateTimeField())),
        function="width_bucket",
        output_field=IntegerField(),
    )
    counts = dict(
        within.annotate(place=place)
        .values("place")
        .annotate(count=Count("pk"))
        .values_list("place", "count")
        .order_by("place")
    )
    most = max(counts.values(), default=0)
    return Plot([_bar(starts, place, counts, most, edge) for place in range(1, len(starts))], most, edge)


def _starts(asked: Asked) -> list[date]:
    """The first day of each bar, and the day after the last one."""
    until = asked.until or timezone.localdate()
    since = min(asked.since or until - timedelta(days=USUAL_DAYS - 1), until)
    days = (until - since).days + 1
    step = -(-days // MOST_BARS)
    return [since + timedelta(days=day) for day in range(0, days, step)] + [until + timedelta(days=1)]


def _edge(audit: Audit, bounds: list[datetime]) -> datetime | None:
    """Where counting stops."""
    rows = ActivityLog.objects.within(audit.by.workspace).filter(created_at__gte=bounds[0], created_at__lt=bounds[-1])
    return rows.order_by("-created_at").values_list("created_at", flat=True)[COUNTED : COUNTED + 1].first()


def _bar(starts: list[date], place: int, counts: dict[int, int], most: int, edge: datetime | None) -> Bar:
    since, until, count = starts[place - 1], starts[place] - timedelta(days=1), counts.get(place, 0)
    counted = edge is None or midnight(starts[place]) > edge
    return Bar(since, until, count, round(max(count / most * 100, 2), 1) if count else 0, counted)


@dataclass(frozen=True)
class Check:
    """The last check of the chain, from the record itself, and one that runs."""

    row: ActivityLog | None
    head: int
    running: dict[str, Any] | None

    @property
    def facts(self) -> dict[str, Any]:
        return self.row.after if self.row else {}

    @property
    def percent(self) -> int:
        running = self.running or {}
        return int(100 * running.get("seq", 0) / max(running.get("head", 0), 1))


def last_check(by: Actor) -> Check:
    """As the page shows it."""
    rows = ActivityLog.objects.within(by.workspace).filter(subject_id=by.workspace.pk, event="audit:verified")
    head = Stream.objects.within(by.workspace).values_list("head", flat=True).get()
    return Check(rows.order_by("-seq").first(), head, cache.get(key(by.workspace.pk)))


def key(workspace_id: Any) -> str:
    """Where a running check says how far it is."""
    return f"audit:check:{workspace_id}"
