"""The last thirty days of use, drawn as bars; and when a limit is reached at the pace of the last week."""

from dataclasses import dataclass
from datetime import date, timedelta

from workspaces.actor import Actor

from ..actions.metering import today
from ..models import UsageDay
from .usage import BY_MONTH, TITLES, Meter, meters

DAYS = 30
WEEK = 7
PER_DAY = "api_calls"


@dataclass(frozen=True)
class Bar:
    """One day: `part` is its height in percent of the highest."""

    day: date
    value: int
    part: float

    @property
    def top(self) -> float:
        """Where it begins, from above."""
        return 100 - self.part


@dataclass(frozen=True)
class Chart:
    """One thing over the days; `reached` is the day on which its limit is met at this pace, None where it is not."""

    kind: str
    title: str
    bars: list[Bar]
    most: int
    meter: Meter | None = None
    pace: int = 0  # more a day, over the last week
    reached: date | None = None


def charts(by: Actor) -> list[Chart]:
    """Each limit that fills up, and the calls of the API."""
    days = [today() - timedelta(days=DAYS - 1 - number) for number in range(DAYS)]
    rows = {row.day: row for row in UsageDay.objects.within(by.workspace).filter(day__gte=days[0])}
    found = [
        _chart(one.kind, TITLES[one.kind], _values(one.kind, days, rows), days, one) for one in meters(by.workspace)
    ]
    calls = [rows[day].api_calls if day in rows else 0 for day in days]
    return [*found, _chart(PER_DAY, "API calls a day", calls, days)]


def _values(kind: str, days: list[date], rows: dict[date, UsageDay]) -> list[int]:
    """What stood on a day that nobody counted is what stood before it; what goes by the month begins at nothing."""
    values, last = [], 0
    for day in days:
        last = getattr(rows[day], kind) if day in rows else 0 if kind in BY_MONTH and day.day == 1 else last
        values.append(last)
    return values


def _chart(kind: str, title: str, values: list[int], days: list[date], meter: Meter | None = None) -> Chart:
    if meter is not None:
        values = [*values[:-1], meter.used]
    highest = max(values) or 1
    bars = [
        Bar(day, value, round(max(100 * value / highest, 0.8), 1) if value else 0.0)
        for day, value in zip(days, values, strict=True)
    ]
    pace = (values[-1] - values[-1 - WEEK]) // WEEK if values[-1 - WEEK] else 0
    return Chart(kind, title, bars, max(values), meter, max(pace, 0), _reached(meter, pace))


def _reached(meter: Meter | None, pace: int) -> date | None:
    """What goes by the month ends with it, whatever the pace."""
    if meter is None or meter.most is None or pace <= 0 or meter.full:
        return None
    day = today() + timedelta(days=(meter.most - meter.used) // pace + 1)
    return None if meter.kind in BY_MONTH and day.month != today().month else day
