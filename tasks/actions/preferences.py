"""How and when somebody wants to be told: everybody's own, so no record tells of it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils import timezone

from accounts.reactions import tell
from workspaces.actor import Actor
from workspaces.errors import Refused
from workspaces.rules import set_fields
from workspaces.spine import action

from ..models import Delivery, NotificationPreference, NotificationSchedule, Reason
from ..notices.wishes import Wishes, schedules
from .delivery import plan_digest_anew, plan_test
from .notices import LONGEST_SNOOZE

Mail, Days, Channel = NotificationPreference.Mail, NotificationSchedule.Days, Delivery.Channel
WAYS = ("muted", "mail", "push")


@action
def prefer(by: Actor, *, reason: str, **ways: Any) -> None:
    """For one reason: `muted` (told nowhere), `mail` (now, digest, never), `push`; what is not named stays."""
    by.in_person()
    if reason not in Reason.values:
        raise Refused(f"The reason is one of {', '.join(Reason.values)}.", "reason")
    was = Wishes(by.workspace.pk, [by.user.pk]).of(by.user.pk, reason)
    row = NotificationPreference(
        workspace=by.workspace, user=by.user, reason=reason, **{name: getattr(was, name) for name in WAYS}
    )
    _, after = set_fields(row, {"muted": _yes_or_no, "mail": _mail, "push": _yes_or_no}, ways)
    if after:
        NotificationPreference.objects.bulk_create(
            [row], update_conflicts=True, unique_fields=["workspace", "user", "reason"], update_fields=list(after)
        )


@action
def end_mails(by: Actor, *, reasons: Iterable[str]) -> None:
    """No more mails for these reasons: what the link in a mail does."""
    for reason in reasons:
        prefer(by, reason=reason, mail=Mail.NEVER)


@action
def schedule_notifications(by: Actor, **fields: Any) -> NotificationSchedule:
    """The `hour` and `days` of digest and reminders, which reminders (`remind_before`, `remind_on_day`), and `paused_until`."""
    by.in_person()
    row = schedules(by.workspace.pk, [by.user.pk])[by.user.pk]
    clean = {
        "hour": _hour, "days": _days, "remind_before": _yes_or_no, "remind_on_day": _yes_or_no, "paused_until": _pause,
    }  # fmt: skip
    _, after = set_fields(row, clean, fields)
    if not after:
        return row
    NotificationSchedule.objects.bulk_create(
        [row], update_conflicts=True, unique_fields=["workspace", "user"], update_fields=list(after)
    )
    plan_digest_anew(by.user, row)
    return row


@action
def send_test(by: Actor, *, channel: str) -> int:
    """A mail, or a push to each of one's browsers, which says that it works; to how many places."""
    by.in_person()
    if channel not in Channel.values:
        raise Refused(f"The channel is one of {', '.join(Channel.values)}.", "channel")
    count = len(plan_test(by, channel))
    if not count:
        raise Refused("None of your devices takes pushes yet: switch them on here first.", "channel")
    tell("NOTIFICATIONS_TOLD", by.workspace.pk, [])
    return count


def _yes_or_no(value: Any) -> bool:
    if not isinstance(value, bool):
        raise Refused("This is either on or off.")
    return value


def _mail(value: Any) -> str:
    if value not in Mail.values:
        raise Refused(f"Mail comes {', '.join(Mail.values)}.", "mail")
    return str(value)


def _hour(value: Any) -> int:
    if not isinstance(value, int) or not 0 <= value <= 23:
        raise Refused("The hour is a number from 0 to 23.", "hour")
    return value


def _days(value: Any) -> str:
    if value not in Days.values:
        raise Refused(f"The days are {' or '.join(Days.values)}.", "days")
    return str(value)


def _pause(value: datetime | None) -> datetime | None:
    now = timezone.now()
    if value is not None and not now < value <= now + LONGEST_SNOOZE:
        raise Refused("Choose a time within the next year.", "paused_until")
    return value
