"""What goes out beyond the inbox: planned from notifications, begun, ended. Sending itself is tasks/notices/sending.py.

Nothing is lost: notifications are noted as planned in the transaction that plans, and what was not planned is found by
its index. Nothing is sent twice: who sends holds the row until the commit that ends it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import F, Q
from django.utils import timezone

from accounts.locks import hold
from accounts.models import PushSubscription, User
from accounts.times import zone_of
from workspaces import tenancy
from workspaces.actor import Actor
from workspaces.models import Membership

from ..models import Delivery, Notification, NotificationPreference, NotificationSchedule
from ..notices.hours import next_digest
from ..notices.wishes import Wishes, schedules

Channel, Kind, Outcome, Mail = Delivery.Channel, Delivery.Kind, Delivery.Outcome, NotificationPreference.Mail
QUIET = timedelta(
    seconds=90
)  # what is read in the app within it is not mailed, and several acts on a task are one mail
STALE = timedelta(days=2)  # what is told so late (after a standstill, of an old record) stands in the inbox alone
AT_ONCE = 500
UNPLANNED = Q(planned_at=None) | Q(planned_at__lt=F("told_at"))  # as the index has it
KEPT = timedelta(days=7)
Slot = tuple[UUID, str, str, UUID | None, UUID | None]  # person, channel, kind, task, subscription


def plan(workspace_id: UUID) -> None:
    """Plan what was told since: mails and pushes, as each person wants them."""
    while _plan_some(workspace_id):
        pass


def _plan_some(workspace_id: UUID) -> bool:
    """One round; whether there may be more."""
    with tenancy.workspace(workspace_id, atomic=True):
        _alone(workspace_id)
        rows = Notification.objects.within(workspace_id).filter(UNPLANNED)
        held = list(rows.select_for_update(no_key=True, skip_locked=True).order_by("pk")[:AT_ONCE])
        if held:
            _Plan(workspace_id, held).make(timezone.now())
            noted = Notification.objects.within(workspace_id).filter(pk__any=[one.pk for one in held])
            noted.update(planned_at=F("told_at"))
    return len(held) == AT_ONCE


def _alone(workspace_id: UUID) -> None:
    """Two that plan for one workspace would both open a mail for the same task."""
    hold(f"{workspace_id}:deliveries")


@dataclass
class _Plan:
    """What a round adds to the deliveries that are open."""

    workspace_id: UUID
    notices: Sequence[Notification]
    slots: dict[Slot, Delivery] = field(default_factory=dict)

    def make(self, now: datetime) -> None:
        fresh = [one for one in self.notices if _is_news(one, now)]
        people = {one.user_id for one in fresh}
        self._read(people)
        for one in fresh:
            self._place(one, now)
        changed = [row for row in self.slots.values() if not row._state.adding]
        Delivery.objects.bulk_create([row for row in self.slots.values() if row._state.adding], batch_size=500)
        Delivery.objects.within(self.workspace_id).bulk_update(changed, ["notices", "due_at"], batch_size=500)

    def _read(self, people: set[UUID]) -> None:
        self.wishes, self.schedules = Wishes(self.workspace_id, people), schedules(self.workspace_id, people)
        self.zones = {
            pk: zone_of(name) for pk, name in User.objects.filter(pk__in=people).values_list("pk", "time_zone")
        }
        self.devices: dict[UUID, list[UUID]] = {}
        for user_id, pk in PushSubscription.objects.filter(user__in=people).values_list("user_id", "pk"):
            self.devices.setdefault(user_id, []).append(pk)
        for row in _open(self.workspace_id).filter(user__in=people).exclude(kind=Kind.TEST).select_for_update():
            self.slots[row.user_id, row.channel, row.kind, row.task_id, row.subscription_id] = row

    def _place(self, one: Notification, now: datetime) -> None:
        wish, schedule = self.wishes.of(one.user_id, one.reason), self.schedules[one.user_id]
        paused = bool(schedule.paused_until and schedule.paused_until > now)
        if wish.muted:
            return
        if wish.mail == Mail.DIGEST or (paused and wish.mail == Mail.NOW):
            due = next_digest(schedule, self.zones[one.user_id], now)
            if one.once and not paused:  # a reminder comes at their hour: its digest is this one
                due = min(due, now + QUIET)
            self._put(one, Channel.MAIL, Kind.DIGEST, None, None, due)
        elif wish.mail == Mail.NOW:
            self._put(one, Channel.MAIL, Kind.NOW, one.task_id, None, now + QUIET)
        for device in self.devices.get(one.user_id, ()) if wish.push and not paused else ():
            self._put(one, Channel.PUSH, Kind.NOW, one.task_id, device, now)

    def _put(
        self, one: Notification, channel: str, kind: str, task: UUID | None, device: UUID | None, due: datetime
    ) -> None:
        """Into the delivery that waits for it, or a new one."""
        slot = (one.user_id, channel, kind, task, device)
        row = self.slots.get(slot)
        if row is None:
            row = self.slots[slot] = Delivery(
                workspace_id=self.workspace_id, user_id=one.user_id, channel=channel, kind=kind, task_id=task,
                subscription_id=device, due_at=due,
            )  # fmt: skip
        if one.pk not in row.notices:
            row.notices.append(one.pk)
        if kind == Kind.DIGEST:
            row.due_at = min(row.due_at, due)


def _is_news(one: Notification, now: datetime) -> bool:
    """Neither dealt with nor put away, nor from long ago."""
    return one.told_at > now - STALE and not (one.read_at or one.done_at or one.snoozed_until)


def _open(workspace_id: UUID) -> Any:
    """What takes more notices."""
    return Delivery.objects.within(workspace_id).filter(ended_at=None, begun_at=None)


def begin(workspace_id: UUID, now: datetime) -> list[UUID]:
    """Freeze what is due, the oldest first; the ids to be sent. What began and was not ended is among them."""
    with tenancy.workspace(workspace_id, atomic=True):
        due = Delivery.objects.within(workspace_id).filter(ended_at=None, due_at__lte=now).order_by("due_at", "pk")
        held = list(due.select_for_update(skip_locked=True).values_list("pk", flat=True)[:AT_ONCE])
        if held:
            rows = Delivery.objects.within(workspace_id).filter(pk__any=held, begun_at=None)
            rows.update(begun_at=now)
    return held


def held_delivery(workspace_id: UUID, pk: UUID) -> Delivery | None:
    """The row, held until commit; None when somebody else sends it, or has."""
    rows = Delivery.objects.within(workspace_id).filter(pk=pk, ended_at=None, begun_at__isnull=False)
    found: Delivery | None = rows.select_for_update(skip_locked=True, of=("self",)).select_related("user").first()
    return found


def end_delivery(delivery: Delivery, outcome: str, notices: Iterable[Notification] = ()) -> None:
    """It is over: what it told of is noted at the notifications."""
    delivery.ended_at, delivery.outcome = timezone.now(), outcome
    delivery.save(update_fields=["ended_at", "outcome"])
    told = [one.pk for one in notices]
    if told and outcome == Outcome.SENT:
        name = "mailed_at" if delivery.channel == Channel.MAIL else "pushed_at"
        Notification.objects.within(delivery.workspace_id).filter(pk__any=told).update(**{name: F("told_at")})


def put_off(delivery: Delivery, wait: timedelta) -> None:
    """Try again later, the same under the same name."""
    delivery.tries, delivery.due_at = delivery.tries + 1, timezone.now() + wait
    delivery.save(update_fields=["tries", "due_at"])


def plan_again(delivery: Delivery) -> None:
    """Their wishes are others since it was planned: its notifications are planned by them."""
    Notification.objects.within(delivery.workspace_id).filter(pk__any=delivery.notices).update(planned_at=None)
    end_delivery(delivery, Outcome.UNNEEDED)


def digest_is_due(workspace_id: UUID, now: datetime) -> bool:
    """Whether anybody's hour has come: what is to be recalled at that hour belongs into it."""
    with tenancy.workspace(workspace_id, atomic=True):
        return bool(_open(workspace_id).filter(kind=Kind.DIGEST, due_at__lte=now).exists())


def plan_test(by: Actor, channel: str) -> list[Delivery]:
    """A mail, or a push to each of their browsers, that says it works."""
    devices = (
        [None]
        if channel == Channel.MAIL
        else PushSubscription.objects.filter(user=by.user).values_list("pk", flat=True)
    )
    rows = [
        Delivery(workspace=by.workspace, user=by.user, channel=channel, kind=Kind.TEST, subscription_id=device, due_at=timezone.now())
        for device in devices
    ]  # fmt: skip
    Delivery.objects.bulk_create(rows)
    return rows


def plan_digest_anew(user: User, schedule: NotificationSchedule) -> None:
    """The hour, the days, the pause or the time zone are others: the digest that waits goes by them."""
    waiting = _open(schedule.workspace_id).filter(user=user, kind=Kind.DIGEST)
    waiting.update(due_at=next_digest(schedule, zone_of(user.time_zone), timezone.now()))


def follow_time_zone(user_id: UUID) -> None:
    """The digests that wait for somebody, in all their workspaces (TIME_ZONE_CHANGED in flowboard/reactions.py)."""
    user = User.objects.get(pk=user_id)
    with tenancy.person(user_id, atomic=True):
        ids = list(
            Membership.objects.of(user).filter(workspace__deleted_at=None).values_list("workspace_id", flat=True)
        )
    for workspace_id in ids:
        with tenancy.workspace(workspace_id, atomic=True):
            plan_digest_anew(user, schedules(workspace_id, [user_id])[user_id])


def leave_deliveries(by: Actor, membership: Membership) -> None:
    """Nothing goes out any more to whoever leaves the workspace (LEAVING in flowboard/reactions.py)."""
    for model in (Delivery, NotificationSchedule):
        model.objects.within(by.workspace).filter(user=membership.user_id).delete()


def bury_deliveries(workspace_id: UUID, *, now: datetime) -> None:
    """What was sent a week ago is of no use any more."""
    Delivery.objects.within(workspace_id).filter(ended_at__lt=now - KEPT).delete()
