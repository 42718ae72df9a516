"""What a delivery says: the mail, or the push, as its person may see it now; None when there is nothing left to say."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from email.utils import formataddr, parseaddr
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from accounts import mails, push
from accounts.factors import has_factor
from accounts.times import zone_of
from workspaces.actor import Actor
from workspaces.models import Membership

from ..models import Delivery, Notification, NotificationPreference, Reason
from .reading import unread
from .reasons import REASONS
from .told import Line, lines_of
from .unsubscribing import DIGEST, link
from .wishes import Wish, Wishes, schedules

Channel, Kind, Mail = Delivery.Channel, Delivery.Kind, NotificationPreference.Mail
REMINDED = frozenset({Reason.DUE, Reason.OVERDUE})
LISTED = 40  # notifications that a digest tells one by one
LONGEST_TITLE, LONGEST_BODY = 160, 300  # characters of a push


@dataclass(frozen=True)
class Letter:
    """Ready to be sent, and the notifications that it tells of."""

    message: Any
    notices: list[Notification] = field(default_factory=list)
    topic: str = ""
    urgent: bool = False


def reader_of(row: Delivery) -> Actor | None:
    """Its person, when they may still come into the workspace."""
    rows = Membership.objects.within(row.workspace_id).filter(user=row.user_id, workspace__deleted_at=None)
    found = (
        rows.filter(user__is_active=True, user__is_program=False).select_related("workspace", "role", "user").first()
    )
    if found is None or (found.workspace.require_mfa and not has_factor(found.user)):
        return None
    return Actor.of(found)


def letter_for(by: Actor, row: Delivery) -> Letter | None:
    """The mail of a delivery."""
    with timezone.override(zone_of(by.user.time_zone)):
        if row.kind == Kind.TEST:
            return Letter(_test_mail(by, row))
        if not (lines := _wanted(by, row)):
            return None
        make = _digest if row.kind == Kind.DIGEST else _now
        return Letter(make(by, row, lines), [line.item for line in lines])


def push_for(by: Actor, row: Delivery) -> Letter | None:
    """The push of a delivery: its newest line, and how many more."""
    with timezone.override(zone_of(by.user.time_zone)):
        if row.kind == Kind.TEST:
            path = reverse("notification_settings", args=[by.workspace.slug])
            return Letter(
                _message(by, "It works", f"This is how {by.workspace.name} tells you of things here.", path, "test")
            )
        if not (lines := _wanted(by, row)):
            return None
        last = lines[-1]
        more = f"and {len(lines) - 1} more" if len(lines) > 1 else ""
        words = ": ".join(filter(None, (last.sentence, last.quote)))
        key = row.task_id or last.item.pk
        message = _message(by, last.about, "\n".join(filter(None, (words, more))), last.path, str(key))
        urgent = any(line.item.needs_me for line in lines)
        return Letter(message, [line.item for line in lines], push.topic_of(key.bytes), urgent)


def _wanted(by: Actor, row: Delivery) -> list[Line]:
    """What is news to its person, and what they still want to be told by this channel."""
    wishes = Wishes(by.workspace.pk, [by.user.pk])
    return [line for line in lines_of(by, row) if _wants(wishes.of(by.user.pk, line.item.reason), row.channel)]


def _wants(wish: Wish, channel: str) -> bool:
    return not wish.muted and (wish.push if channel == Channel.PUSH else wish.mail != Mail.NEVER)


def _now(by: Actor, row: Delivery, lines: Sequence[Line]) -> mails.Mail:
    """What happened to one task, or about none."""
    reasons = list(dict.fromkeys(Reason(line.item.reason) for line in lines))
    context = {
        "groups": _grouped(lines), "because": " and ".join(REASONS[reason].because for reason in reasons),
        "ends": " · ".join(reason.label for reason in reasons), "end": link(by.workspace.pk, by.user.pk, reasons),
    }  # fmt: skip
    names = {str(line.item.actor) for line in lines if line.item.actor}
    about = mails.About.REMINDER if REMINDED.issuperset(reasons) else mails.About.TASKS
    sender = names.pop() if len(names) == 1 else ""
    return _mail(by, row, about, lines[0].about, "tasks/mail/now.txt", context, sender)


def _digest(by: Actor, row: Delivery, lines: Sequence[Line]) -> mails.Mail:
    """Everything since the last one: what waits for them, then what happened."""
    waiting = [line for line in lines if line.item.needs_me]
    rest = [line for line in lines if not line.item.needs_me]
    context = {
        "waiting": _grouped(waiting[:LISTED]), "rest": _grouped(rest[: max(0, LISTED - len(waiting))]), "more": max(0, len(lines) - LISTED),
        "inbox": f"{settings.SITE_URL}{reverse('inbox', args=[by.workspace.slug])}", "end": link(by.workspace.pk, by.user.pk, [DIGEST]),
        "schedule": schedules(by.workspace.pk, [by.user.pk])[by.user.pk],
    }  # fmt: skip
    subject = f"{by.workspace.name}: {_counted(len(waiting), len(rest))}"
    return _mail(by, row, mails.About.DIGEST, subject, "tasks/mail/digest.txt", context)


def _counted(waiting: int, rest: int) -> str:
    """3 need you, 8 more happened"""
    parts = [f"{waiting} need{'s' if waiting == 1 else ''} you"] if waiting else []
    if rest:
        parts.append(f"{rest} {'more ' if waiting else ''}happened")
    return ", ".join(parts)


def _grouped(lines: Sequence[Line]) -> list[list[Line]]:
    """What is about one task stands together, under one link."""
    groups: dict[Any, list[Line]] = {}
    for line in lines:
        groups.setdefault(line.item.task_id or line.item.pk, []).append(line)
    return list(groups.values())


def _test_mail(by: Actor, row: Delivery) -> mails.Mail:
    subject = f"A mail from {by.workspace.name} on FlowBoard"
    context = {"end": link(by.workspace.pk, by.user.pk, [])}
    return _mail(by, row, mails.About.TRIED, subject, "tasks/mail/test.txt", context)


def _mail(
    by: Actor, row: Delivery, about: mails.About, subject: str, template: str, context: dict[str, Any], sender: str = ""
) -> mails.Mail:
    """With what mail programs need to thread it, to answer nobody, and to end it by one press."""
    place = {"by": by, "settings": f"{settings.SITE_URL}{reverse('notification_settings', args=[by.workspace.slug])}"}
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    headers = {
        "Message-ID": f"<{row.pk}@{domain()}>", "Auto-Submitted": "auto-generated",
        "List-ID": f"{_plain(by.workspace.name)} <{by.workspace.slug}.{domain()}>",
        "List-Unsubscribe": f"<{context['end']}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }  # fmt: skip
    if row.task_id:
        headers["In-Reply-To"] = headers["References"] = f"<task-{row.task_id}@{domain()}>"
    return mails.Mail(
        about, " ".join(subject.split())[:200], render_to_string(template, {**context, **place}),
        formataddr((f"{sender} ({name or 'FlowBoard'})" if sender else name, address)), [by.user.email], headers=headers,
    )  # fmt: skip


def _plain(words: str) -> str:
    """A name as a header may hold it without quotes."""
    return "".join(mark if mark.isalnum() else " " for mark in words).strip()


def domain() -> str:
    """In the names of our mails: that of the site, else that of the sender."""
    return urlsplit(settings.SITE_URL).hostname or mails.sender_domain() or "localhost"


def _message(by: Actor, title: str, body: str, path: str, tag: str) -> dict[str, Any]:
    """As templates/sw.js reads it."""
    return {
        "title": title[:LONGEST_TITLE], "body": body[:LONGEST_BODY], "url": path, "tag": tag,
        "count": len(unread(by)), "at": int(timezone.now().timestamp() * 1000),
    }  # fmt: skip
