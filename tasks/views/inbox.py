"""The inbox: what needs me, what happened, what is put away; and what one does with an item, or follows."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone

from workspaces.door import MemberRequest
from workspaces.errors import Refused
from workspaces.pages import asked_parts, done, member_page, on_or_off, sent, with_head
from workspaces.rest.cursor import Key, moment, paged, uuid

from ..actions import notices as actions
from ..actions.preferences import prefer
from ..models import Notification, Reason
from ..notices.drawing import drawn
from ..notices.reading import BOXES, counts, find_item, in_box, seen_items
from ..notices.snoozing import choices
from ..reading.finding import find_project, find_task

NAMES = {"needs_me": "Needs me", "activity": "Activity", "snoozed": "Snoozed", "done": "Done"}
NEWEST = [Key("shown_at", moment, down=True), Key("pk", uuid, down=True)]
SOONEST = [Key("shown_at", moment), Key("pk", uuid)]
AT_ONCE = 50


@member_page("GET", "POST")
def inbox(request: MemberRequest) -> HttpResponse:
    """A box, page by page; or everything in it is read."""
    if request.method == "POST":
        return _all(request)
    box = request.GET.get("box", "needs_me")
    if box not in BOXES:
        raise Http404
    page = paged(
        in_box(seen_items(request.by), box), SOONEST if box == "snoozed" else NEWEST,
        {"limit": AT_ONCE, "cursor": request.GET.get("cursor", "")[:1000]}, order=box,
    )  # fmt: skip
    unread = counts(request.by)
    context = {
        "box": box, "tabs": [{"box": one, "name": name, "unread": unread.get(one, 0)} for one, name in NAMES.items()],
        "items": drawn(request.by, page.rows), "older": page.next, "first": "cursor" not in request.GET,
        "snoozes": choices(), "unread": unread.get(box, 0), "latest": timezone.localtime(),
    }  # fmt: skip
    parts = asked_parts(request)
    part = "inbox" in parts and not parts.keys() & {"main", "sidebar"}
    return with_head(request, render(request, "tasks/_inbox.html" if part else "tasks/inbox.html", context))


def _all(request: MemberRequest) -> HttpResponse:
    """Read everything in a box, or take that back: `undo` is the moment it was done."""
    fields = sent(request, "box", "undo")
    if at := fields.get("undo"):
        count = actions.unread_box(request.by, at=_moment(at, "undo"))
        return _told(request, f"{count} {'item is' if count == 1 else 'items are'} unread again")
    box = fields.get("box", "")
    if box not in ("needs_me", "activity"):
        raise Refused("The box is needs_me or activity.", "box")
    count, when = actions.read_box(request.by, box=box)
    return _told(
        request,
        f"Marked {count:,} as read" if count else "Nothing was unread",
        undo={"undo": when.isoformat()} if count else None,
    )


@member_page("POST")
def item(request: MemberRequest, notice: UUID) -> HttpResponse:
    """Read, done or snoozed, and each of them taken back."""
    one = find_item(request.by, notice)
    if one is None:
        raise Http404
    fields = sent(request, "do", "until")
    do = fields.get("do", "")
    if do not in DOES:
        raise Refused(f"What to do is one of {', '.join(DOES)}.", "do")
    return DOES[do](request, one, fields)


def _read(request: MemberRequest, one: Notification, fields: QueryDict) -> HttpResponse:
    actions.mark_read(request.by, [one], on=fields["do"] == "read")
    return _told(request, "")


def _finish(request: MemberRequest, one: Notification, fields: QueryDict) -> HttpResponse:
    on = fields["do"] == "done"
    actions.finish_items(request.by, [one], on=on)
    return _told(request, "Done" if on else "Back in the inbox", undo={"do": "undone"} if on else None)


def _snooze(request: MemberRequest, one: Notification, fields: QueryDict) -> HttpResponse:
    if fields["do"] == "wake":
        actions.snooze_items(request.by, [one], until=None)
        return _told(request, "Back in the inbox")
    until = _moment(fields.get("until", ""), "until")
    actions.snooze_items(request.by, [one], until=until)
    return _told(request, f"Snoozed until {_shown(until)}", undo={"do": "wake"})


DOES: dict[str, Any] = {
    "read": _read, "unread": _read, "done": _finish, "undone": _finish, "snooze": _snooze, "wake": _snooze
}  # fmt: skip


@member_page("POST")
def mute(request: MemberRequest) -> HttpResponse:
    """Hear no more for a reason, or hear again."""
    fields = sent(request, "reason", "on")
    on, reason = on_or_off(fields, "on", "1"), fields.get("reason", "")
    prefer(request.by, reason=reason, muted=on)
    words = f"{Reason(reason).label}: {'muted' if on else 'on again'}"
    return _told(request, words, undo={"reason": reason, "on": "0"} if on else None)


@member_page("POST")
def watch_task(request: MemberRequest, ref: str) -> HttpResponse:
    """Follow a task, or hear nothing of it."""
    task, level = find_task(request.by, ref), _level(request)
    actions.watch_task(request.by, task, level=level)
    return done(request, sentence=WATCHED[level].format(task.ref), key=task.ref)


@member_page("POST")
def watch_project(request: MemberRequest, key: str) -> HttpResponse:
    """The same for all tasks of a project."""
    project, level = find_project(request.by, key), _level(request)
    actions.watch_project(request.by, project, level=level)
    return done(request, sentence=WATCHED[level].format(project.name))


WATCHED = {"watching": "You follow {}", "muted": "You hear no more of {}", None: "You no longer follow {}"}


def _level(request: MemberRequest) -> str | None:
    level = sent(request, "level").get("level", "")
    if level not in ("", "watching", "muted"):
        raise Refused("The level is watching, muted, or empty.", "level")
    return level or None


def _moment(text: str, field: str) -> datetime:
    """An instant; without an offset by the person's own clock, as their browser's field has it."""
    try:
        at = datetime.fromisoformat(text[:40])
    except ValueError as error:
        raise Refused("Say a time such as 2026-12-31T09:00.", field) from error
    return at if at.tzinfo else timezone.make_aware(at)


def _shown(at: datetime) -> str:
    local, today = timezone.localtime(at), timezone.localdate()
    days = (local.date() - today).days
    name = {0: "today", 1: "tomorrow"}.get(days) or (f"{local:%A}" if days < 7 else f"{local:%b} {local.day}")
    return f"{name}, {local:%H:%M}"


def _told(request: MemberRequest, words: str, undo: dict[str, str] | None = None) -> HttpResponse:
    """204 with the sentence for the inbox's toast, and what to post to the same address to take it back."""
    return done(request, inbox={"sentence": words, "undo": undo})
