"""How somebody wants to be told: the page of it, and the link in a mail that ends a kind of mail."""

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods
from django_ratelimit.core import is_ratelimited

from accounts.times import zone_of
from workspaces import tenancy
from workspaces.actor import Actor
from workspaces.door import MemberRequest
from workspaces.errors import Refused
from workspaces.models import Membership
from workspaces.pages import done, member_page, sent, whole
from workspaces.views.answers import finished

from ..actions import preferences as actions
from ..models import Delivery, NotificationPreference, NotificationSchedule, Reason
from ..notices.hours import at_hour, next_digest
from ..notices.reasons import REASONS
from ..notices.unsubscribing import Ended, read
from ..notices.wishes import Wishes, schedules

Mail, Channel = NotificationPreference.Mail, Delivery.Channel
PAUSES = {"tomorrow": 1, "week": 7, "fortnight": 14}  # days, each until the morning after
TESTS = "6/m"


@member_page("GET", "POST")
def notification_settings(request: MemberRequest) -> HttpResponse:
    """A line for each reason; when; and whether it works. What is posted is one part of it."""
    if request.method == "POST":
        part = request.POST.get("part", "")
        if part not in PARTS:
            raise Refused(f"The part is one of {', '.join(PARTS)}.", "part")
        return PARTS[part](request)
    by = request.by
    schedule, wishes = _schedule(by), Wishes(by.workspace.pk, [by.user.pk])
    zone = zone_of(by.user.time_zone)
    context = {
        "boxes": [(name, [_line(wishes, by, reason) for reason in REASONS if REASONS[reason].needs_me == needs]) for name, needs in BOXES],
        "schedule": schedule, "zone": by.user.time_zone, "hours": range(24), "days": NotificationSchedule.Days.choices, "mails": MAILS,
        "next": next_digest(schedule, zone, timezone.now()).astimezone(zone), "email": by.user.email,
        "paused": bool(schedule.paused_until and schedule.paused_until > timezone.now()),
    }  # fmt: skip
    return render(request, "tasks/notification_settings.html", context)


MAILS = ((Mail.NOW, "At once"), (Mail.DIGEST, "Digest"), (Mail.NEVER, "Never"))
BOXES = (("Needs me", True), ("Activity", False))


def _schedule(by: Actor) -> NotificationSchedule:
    return schedules(by.workspace.pk, [by.user.pk])[by.user.pk]


def _line(wishes: Wishes, by: Actor, reason: Reason) -> dict[str, Any]:
    told = REASONS[reason]
    return {"reason": reason, "because": told.because, "wish": wishes.of(by.user.pk, reason)}


def _save_reasons(request: MemberRequest) -> HttpResponse:
    """The whole table: a box that is not ticked is not sent."""
    fields = sent(request, "part", *(f"{way}-{reason}" for reason in Reason for way in ("inbox", "mail", "push")))
    for reason in Reason:
        actions.prefer(
            request.by, reason=reason, muted=fields.get(f"inbox-{reason}") != "1", push=fields.get(f"push-{reason}") == "1",
            mail=fields.get(f"mail-{reason}", Mail.NEVER),
        )  # fmt: skip
    return _saved(request, "Saved")


def _save_schedule(request: MemberRequest) -> HttpResponse:
    fields = sent(request, "part", "hour", "days", "remind_before", "remind_on_day")
    actions.schedule_notifications(
        request.by, hour=whole(fields, "hour"), days=fields.get("days", ""), remind_before=fields.get("remind_before") == "1",
        remind_on_day=fields.get("remind_on_day") == "1",
    )  # fmt: skip
    return _saved(request, "Saved")


def _pause(request: MemberRequest) -> HttpResponse:
    """Until a morning of theirs; empty: go on."""
    choice = sent(request, "part", "until").get("until", "")
    if choice not in ("", *PAUSES):
        raise Refused(f"The pause lasts {', '.join(PAUSES)}, or is over (empty).", "until")
    until = _morning(request.by, PAUSES[choice]) if choice else None
    actions.schedule_notifications(request.by, paused_until=until)
    return _saved(request, "Mail and push rest" if until else "Mail and push go on")


def _morning(by: Actor, days: int) -> datetime:
    zone = zone_of(by.user.time_zone)
    return at_hour(timezone.localdate(timezone=zone) + timedelta(days=days), _schedule(by).hour, zone)


def _test(request: MemberRequest) -> HttpResponse:
    channel = sent(request, "part", "channel").get("channel", "")
    if is_ratelimited(request, "notification-test", key="user", rate=TESTS, increment=True):
        raise Refused("That was tried too often: wait a minute.", "channel")
    count = actions.send_test(request.by, channel=channel)
    words = (
        f"A mail to {request.by.user.email} is on its way"
        if channel == Channel.MAIL
        else f"On its way to {count} device{'' if count == 1 else 's'}"
    )
    return done(request, sentence=words)


PARTS = {"reasons": _save_reasons, "schedule": _save_schedule, "pause": _pause, "test": _test}


def _saved(request: MemberRequest, sentence: str) -> HttpResponse:
    return finished(request, "notification_settings", request.by.workspace.slug, sentence=sentence)


@never_cache
@csrf_exempt  # a mail program presses it (RFC 8058), which has no cookie; the address is signed, and all it does is to end mails
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, said: str) -> HttpResponse:
    """GET asks; POST ends these mails, without signing in."""
    ended = read(said)
    by = _reader(ended) if ended else None
    if ended is None or by is None:
        return render(request, "tasks/unsubscribe.html", {"state": "unknown"}, status=404)
    with tenancy.workspace(ended.workspace_id, atomic=True):
        reasons = ended.reasons
        if request.method == "POST":
            actions.end_mails(by, reasons=reasons)
    context = {
        "state": "done" if request.method == "POST" else "asking", "workspace": by.workspace, "reasons": [one.label for one in reasons],
    }  # fmt: skip
    return render(request, "tasks/unsubscribe.html", context)


def _reader(ended: Ended) -> Actor | None:
    with tenancy.workspace(ended.workspace_id, atomic=True):
        rows = Membership.objects.within(ended.workspace_id).filter(user=ended.user_id, workspace__deleted_at=None)
        found = rows.select_related("workspace", "role", "user").first()
    return Actor.of(found) if found else None
