"""Reminders of due dates: each person's once, at their hour, in their time zone.

A clock says up to which moment reminders were made, and moves in the transaction that makes them; so a due date that
is set in the afternoon is not recalled for the morning of the same day, and what was missed is made up for a day.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import CharField, F, Q
from django.db.models.functions import Cast, Right

from accounts.models import User
from accounts.reactions import tell
from accounts.times import zone_of
from workspaces import tenancy
from workspaces.actor import Actor
from workspaces.models import Membership

from ..models import OPEN, Assignment, Notification, ReminderClock, Status, Task
from ..notices.hours import reminders
from ..notices.reasons import REASONS
from ..notices.wishes import Wishes, schedules
from .notices import ring_inboxes

MADE_UP = timedelta(hours=24)  # of what a system that was down has missed
AROUND = timedelta(days=5)  # between a due date and its reminders: a weekend, and the width of the world


def remind(workspace_id: UUID, *, now: datetime) -> None:
    """Make the reminders whose moment has come since the last time; take back those of what is over."""
    with tenancy.workspace(workspace_id, atomic=True):
        clock = _held(workspace_id, now)
        if clock is None or clock.until >= now:
            return
        _withdraw(workspace_id)
        since = max(clock.until, now - MADE_UP)
        concerned = _concerned(workspace_id, since, now)
        if not concerned:  # the next one starts when something is due again
            clock.delete()
            return
        if made := _made(workspace_id, concerned, since, now):
            _tell(workspace_id, made)
        clock.until = now
        clock.save(update_fields=["until"])


def _held(workspace_id: UUID, now: datetime) -> ReminderClock | None:
    """The clock, held until commit; None when somebody else holds it, or there was none and it starts now."""
    rows = ReminderClock.objects.within(workspace_id)
    found: ReminderClock | None = rows.select_for_update(skip_locked=True).first()
    if found is None:
        ReminderClock.objects.bulk_create([ReminderClock(workspace_id=workspace_id, until=now)], ignore_conflicts=True)
    return found


def _made(workspace_id: UUID, concerned: list[tuple[Task, UUID]], since: datetime, now: datetime) -> list[Notification]:
    people = {person for _, person in concerned}
    said, zones = schedules(workspace_id, people), _zones(people)
    wishes = Wishes(workspace_id, people)
    found = [
        _reminder(workspace_id, task, person, reason, which, now)
        for task, person in concerned
        for moment, reason, which in reminders(said[person], zones[person], task.due)
        if since < moment <= now and not wishes.of(person, reason).muted
    ]
    return _seen(workspace_id, found)


def _concerned(workspace_id: UUID, since: datetime, now: datetime) -> list[tuple[Task, UUID]]:
    """Open tasks that are due around now, with whoever is on them; where nobody is, who made them."""
    rows = Task.objects.within(workspace_id).filter(OPEN, due__range=(since.date() - AROUND, now.date() + AROUND))
    rows = rows.filter(project__archived_at=None, project__deleted_at=None).exclude(
        status__category=Status.Category.DONE
    )
    tasks = list(rows.only("workspace", "project", "due", "creator"))
    on_them: dict[UUID, list[UUID]] = defaultdict(list)
    for task_id, user_id in _assigned(workspace_id, tasks):
        on_them[task_id].append(user_id)
    return [(task, person) for task in tasks for person in on_them[task.pk] or filter(None, [task.creator_id])]


def _assigned(workspace_id: UUID, tasks: Iterable[Task]) -> Any:
    rows = Assignment.objects.within(workspace_id).filter(task__pk__any=[task.pk for task in tasks])
    return rows.values_list("task_id", "user_id")


def _zones(people: Collection[UUID]) -> dict[UUID, Any]:
    rows = User.objects.filter(pk__in=people).values_list("pk", "time_zone")
    return {pk: zone_of(name) for pk, name in rows}


def _reminder(workspace_id: UUID, task: Task, person: UUID, reason: str, which: str, now: datetime) -> Notification:
    return Notification(
        workspace_id=workspace_id, user_id=person, reason=reason, needs_me=REASONS[reason].needs_me, task=task,  # type: ignore[index]
        project_id=task.project_id, once=f"{which}:{task.due}", created_at=now, told_at=now, shown_at=now,
    )  # fmt: skip


def _seen(workspace_id: UUID, found: list[Notification]) -> list[Notification]:
    """Of members who see the task, as their rights are now."""
    rows = Membership.objects.within(workspace_id).filter(user__in={one.user_id for one in found}, user__is_active=True)
    members = rows.filter(user__is_program=False).select_related("workspace", "role", "user")
    seen: set[tuple[UUID, UUID]] = set()
    for member in members:
        theirs = [one.task_id for one in found if one.user_id == member.user_id]
        tasks = Task.objects.visible_to(Actor.of(member)).filter(pk__any=theirs)
        seen |= {(member.user_id, pk) for pk in tasks.values_list("pk", flat=True)}
    return [one for one in found if (one.user_id, one.task_id) in seen]


def _withdraw(workspace_id: UUID) -> None:
    """What was not read yet and is not so any more: the task is done, or due on another day."""
    rows = Notification.objects.within(workspace_id).exclude(once="").filter(read_at=None, done_at=None)
    day = Right("once", 10)  # before:2026-12-31
    over = rows.alias(day=day, due=Cast("task__due", CharField())).filter(
        Q(task__completed_at__isnull=False) | Q(task__due=None) | ~Q(day=F("due"))
    )
    _forget(workspace_id, list(over))


def _tell(workspace_id: UUID, made: list[Notification]) -> None:
    """Into the inboxes, each once; the later reminder of a task takes the place of an earlier one that was not read."""
    pairs = {(one.user_id, one.task_id) for one in made}
    rows = Notification.objects.within(workspace_id).exclude(once="").filter(read_at=None, done_at=None)
    earlier = rows.filter(user__in={person for person, _ in pairs}, task__pk__any=[task for _, task in pairs])
    _forget(workspace_id, [one for one in earlier if (one.user_id, one.task_id) in pairs])
    Notification.objects.bulk_create(made, ignore_conflicts=True, batch_size=500)
    ring_inboxes(workspace_id, sorted({person for person, _ in pairs}))
    tell("NOTIFICATIONS_TOLD", workspace_id, [one.pk for one in made])


def _forget(workspace_id: UUID, items: list[Notification]) -> None:
    if items:
        Notification.objects.within(workspace_id).filter(pk__any=[one.pk for one in items]).delete()
        ring_inboxes(workspace_id, sorted({one.user_id for one in items}))
