"""What a person does with their own inbox, and what they follow: everybody's own, so no record tells of it.

The support does none of it for them (`in_person`). Their other pages hear of it by INBOX_CHANGED.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from accounts.reactions import tell
from workspaces.actor import Actor
from workspaces.errors import Refused
from workspaces.models import Membership
from workspaces.spine import action

from ..models import Notification, NotificationPreference, Project, Task, Watch
from ..notices.reading import awake, in_box

LONGEST_SNOOZE = timedelta(days=366)
DONE_FOR, KEPT = timedelta(days=30), timedelta(days=180)


@action
def mark_read(by: Actor, items: Sequence[Notification], *, on: bool = True) -> None:
    """Mark items as read, or as unread."""
    by.in_person()
    _set(by, items, read_at=timezone.now() if on else None)


@action
def finish_items(by: Actor, items: Sequence[Notification], *, on: bool = True) -> None:
    """Take items out of the inbox, or put them back; what is done is read."""
    by.in_person()
    now = timezone.now()
    fields: dict[str, Any] = {"done_at": now, "read_at": now, "snoozed_until": None} if on else {"done_at": None}
    _set(by, items, **fields)


@action
def snooze_items(by: Actor, items: Sequence[Notification], *, until: datetime | None) -> None:
    """Put items away until then; they come back unread, at the top. None brings them back now."""
    by.in_person()
    now = timezone.now()
    if until is None:
        _set(by, items, snoozed_until=None, shown_at=now)
        return
    if not now < until <= now + LONGEST_SNOOZE:
        raise Refused("Choose a time within the next year.", "until")
    _set(by, items, snoozed_until=until, shown_at=until, read_at=None, done_at=None)


@action
def read_box(by: Actor, *, box: str) -> tuple[int, datetime]:
    """Mark everything in a box as read; how many, and the moment by which `unread_box` takes it back."""
    by.in_person()
    now = timezone.now()
    unread = in_box(awake(Notification.objects.within(by.workspace).filter(user=by.user)), box).filter(read_at=None)
    return _set(by, unread, read_at=now), now


@action
def unread_box(by: Actor, *, at: datetime) -> int:
    """Take back what `read_box` did at that moment."""
    by.in_person()
    rows = Notification.objects.within(by.workspace).filter(user=by.user, read_at=at, done_at=None)
    return _set(by, rows, read_at=None)


@action
def watch_task(by: Actor, task: Task, *, level: str | None) -> None:
    """Follow a task (`watching`), hear nothing of it but what is meant for you (`muted`), or neither (None)."""
    _watch(by, level, task=task)


@action
def watch_project(by: Actor, project: Project, *, level: str | None) -> None:
    """The same for all tasks of a project."""
    _watch(by, level, project=project)


def _watch(by: Actor, level: str | None, **subject: Task | Project) -> None:
    by.in_person()
    if level not in (None, *Watch.Level.values):
        raise Refused(f"The level is one of {', '.join(Watch.Level.values)}, or none.", "level")
    held = Watch.objects.within(by.workspace).filter(user=by.user, **subject)
    if level is None:
        held.delete()
        return
    Watch.objects.bulk_create([Watch(workspace=by.workspace, user=by.user, **subject)], ignore_conflicts=True)
    held.update(level=level, why=Watch.Why.CHOSEN)


def _set(by: Actor, items: Iterable[Notification] | Any, **fields: Any) -> int:
    """Always in the order of their ids, as telling holds them: neither waits for the other in a circle."""
    ids = sorted(one.pk for one in items)
    rows = Notification.objects.within(by.workspace).filter(user=by.user, pk__any=ids)
    list(rows.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))
    changed: int = rows.update(**fields) if ids else 0
    if changed:
        ring_inboxes(by.workspace.pk, [by.user.pk])
    return changed


def ring_inboxes(workspace_id: UUID, people: Sequence[UUID]) -> None:
    """Have the pages of these people ask anew, after the commit."""
    tell("INBOX_CHANGED", workspace_id, people)


def leave_inbox(by: Actor, membership: Membership) -> None:
    """Whoever leaves the workspace leaves their inbox, and what they followed (LEAVING in flowboard/reactions.py)."""
    for model in (Notification, NotificationPreference, Watch):
        model.objects.within(by.workspace).filter(user=membership.user_id).delete()


def wake_items(workspace_id: UUID, *, now: datetime) -> None:
    """What was snoozed until now is told again; readers see it awake without this, pages that are open do not."""
    rows = Notification.objects.within(workspace_id).filter(snoozed_until__lte=now, done_at=None)
    held = list(rows.select_for_update(no_key=True).order_by("pk").values_list("pk", "user_id"))
    if held:
        Notification.objects.within(workspace_id).filter(pk__any=[pk for pk, _ in held]).update(snoozed_until=None)
        ring_inboxes(workspace_id, sorted({user_id for _, user_id in held}))


def bury_items(workspace_id: UUID, *, now: datetime) -> None:
    """End what was done a month ago, and what is half a year old."""
    rows = Notification.objects.within(workspace_id)
    rows.filter(done_at__lt=now - DONE_FOR).delete()
    rows.filter(shown_at__lt=now - KEPT).delete()
