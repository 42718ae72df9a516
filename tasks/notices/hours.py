"""A person's hours: when their next digest is, and when a task with a due date is to be recalled, in their own time zone."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from ..models import NotificationSchedule, Reason

DAY = timedelta(days=1)
SATURDAY = 5


def at_hour(day: date, hour: int, zone: ZoneInfo) -> datetime:
    """That hour of that day; where the clock skips it, the moment at which it does; where it comes twice, the first."""
    return datetime.combine(day, time(hour), zone).astimezone(UTC)


def works(schedule: NotificationSchedule, day: date) -> bool:
    """Whether the person is written to on this day."""
    return schedule.days == NotificationSchedule.Days.EVERY or day.weekday() < SATURDAY


def next_digest(schedule: NotificationSchedule, zone: ZoneInfo, after: datetime) -> datetime:
    """The first moment of theirs after this one, and after their pause."""
    after = max(after, schedule.paused_until or after)
    day = after.astimezone(zone).date()
    while not works(schedule, day) or at_hour(day, schedule.hour, zone) <= after:
        day += DAY
    return at_hour(day, schedule.hour, zone)


def reminders(schedule: NotificationSchedule, zone: ZoneInfo, due: date) -> Iterator[tuple[datetime, Reason, str]]:
    """When a task that is due then is recalled: the moment, the reason, and which reminder it is.

    Who works from Monday to Friday hears of Monday on Friday, and of what became overdue at the weekend on Monday. Of
    two that fall on one moment the later one is left out.
    """
    wanted = [(due - DAY, "before")] if schedule.remind_before else []
    wanted += [(due, "day")] if schedule.remind_on_day else []
    told: set[date] = set()
    for day, which in wanted:
        while not works(schedule, day):
            day -= DAY
        if day not in told:
            yield at_hour(day, schedule.hour, zone), Reason.DUE, which
        told.add(day)
    day = due + DAY
    while not works(schedule, day):
        day += DAY
    yield at_hour(day, schedule.hour, zone), Reason.OVERDUE, "overdue"
