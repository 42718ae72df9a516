"""When a snoozed item comes back: the usual times, in the person's own time zone."""

from datetime import datetime, time, timedelta
from typing import NamedTuple

from django.utils import timezone

MORNING = time(9)
LATER = timedelta(hours=3)
EVENING = 21  # after it, "later today" is tomorrow


class Choice(NamedTuple):
    """One line of the snooze menu."""

    name: str
    at: datetime


def choices(now: datetime | None = None) -> list[Choice]:
    """Later today, tomorrow at nine, next Monday at nine."""
    here = timezone.localtime(now)
    later = (here + LATER).replace(minute=0, second=0, microsecond=0)
    found = [Choice("Later today", later)] if later.date() == here.date() and later.hour <= EVENING else []
    return [
        *found,
        Choice("Tomorrow", _morning(here, 1)),
        Choice("Next week", _morning(here, 7 - here.weekday())),
    ]


def _morning(here: datetime, days: int) -> datetime:
    """Nine o'clock by that day's own clock, whatever the hour jumps between."""
    return datetime.combine(here.date() + timedelta(days=days), MORNING, here.tzinfo)
