"""When a budget will be used up, if things go on as in the last days: said only where there is something to go by."""

from dataclasses import dataclass
from datetime import datetime, timedelta

WINDOW = timedelta(days=7)
LEAST = timedelta(days=1)  # what was used within less says nothing of a month


@dataclass(frozen=True)
class Forecast:
    """`day` is when the limit is reached at this pace, None when not before the month ends; `total` what is used by then."""

    day: datetime | None
    total: int
    daily: int


def foresee(
    used: int, limit: int | None, recent: int, first: datetime, now: datetime, ends: datetime
) -> Forecast | None:
    """From what was used in all this month, and in the last week; `first` is the oldest use of that week.

    None where there is too little to go by, or the month is over.
    """
    gone = now - max(first, now - WINDOW)
    if gone < LEAST or now >= ends or not recent:
        return None
    pace = recent / gone.total_seconds()
    total, daily = used + round(pace * (ends - now).total_seconds()), round(pace * 86400)
    if limit is None or used >= limit or total < limit:
        return Forecast(None, total, daily)
    return Forecast(now + timedelta(seconds=(limit - used) / pace), total, daily)
