"""Support access: the staff asks to act as a member, an owner consents, and either may end it at any time."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.models import User

from ..actor import Actor
from ..errors import Forbidden, Refused
from ..models import ActivityLog, Membership, Role, SupportAccess, Workspace
from ..rules import line
from ..spine import action, record

State = SupportAccess.State
HOURS = (1, 4, 24)
SHORTEST_REASON = 10
LONGEST_REASON = 500
ONCE_IN = timedelta(minutes=1)  # a page that is looked at again and again is one row a minute
PERMISSION = "workspaces.add_supportaccess"


def is_support(user: User) -> bool:
    """Whether the operator lets this person ask for access, now."""
    return user.is_active and user.is_staff and user.has_perm(PERMISSION)


@action
def request_support(by: Actor, person: User, *, reason: str, hours: int) -> SupportAccess:
    """Ask to act as a member; the owners are written to. `by` is the staff, who belongs to no workspace."""
    from ..support_jobs import send_support_request

    _staff_only(by)
    reason = line(reason, "reason", longest=LONGEST_REASON)
    if len(reason) < SHORTEST_REASON:
        raise Refused(f"Say why in at least {SHORTEST_REASON} characters: the owners decide by it.", "reason")
    if hours not in HOURS:
        raise Refused("The hours are 1, 4 or 24.", "hours")
    if not _belongs(by, person):
        raise Refused(f"{person} is no member of {by.workspace}.", "email")
    if any(one.awaits or one.running for one in _of(by).filter(staff=by.user, person=person)):
        raise Refused("You have asked for this already.", "email")
    access = SupportAccess(workspace=by.workspace, staff=by.user, person=person, reason=reason, hours=hours)
    access.save(force_insert=True)
    _tell(by, "support:requested", access, reason=reason, hours=hours)
    ids = str(by.workspace.pk), str(access.pk)
    transaction.on_commit(lambda: send_support_request.delay(*ids), robust=True)
    return access


@action
def grant_support(by: Actor, access: SupportAccess) -> SupportAccess:
    """An owner consents: the time begins now."""
    access = _answered(by, access, State.GRANTED)
    access.expires_at = access.answered_at + timedelta(hours=access.hours)
    access.save(update_fields=["state", "answered_at", "answered_by", "expires_at"])
    _tell(by, "support:granted", access, until=f"{access.expires_at:%Y-%m-%d %H:%M} UTC", staff=_named(access.staff))
    return access


@action
def decline_support(by: Actor, access: SupportAccess) -> SupportAccess:
    """An owner does not consent."""
    access = _answered(by, access, State.DECLINED)
    access.save(update_fields=["state", "answered_at", "answered_by"])
    _tell(by, "support:declined", access, staff=_named(access.staff))
    return access


@action
def start_support(by: Actor, access: SupportAccess) -> SupportAccess:
    """The staff begins to act as the member."""
    _staff_only(by)
    access = _held(by, access)
    if access.staff_id != by.user.pk or not access.running:
        raise Forbidden("Nobody has consented to this, or its time is over.")
    if not _belongs(by, access.person):
        raise Forbidden(f"{access.person} is no longer a member.")
    _tell(by, "support:started", access)
    return access


@action
def end_support(by: Actor, access: SupportAccess) -> SupportAccess:
    """An owner, or the staff who acts, ends it; once is enough."""
    if by.author.pk != access.staff_id or by.via != "support":
        by.must("support.grant")
    return _end(by, access, "staff" if by.via == "support" else "owner")


@action
def expire_support(by: Actor, access: SupportAccess) -> SupportAccess:
    """The time is over: said once, by the sweep. `by` is the staff whose access it was."""
    if by.via != "support" or access.running:
        raise Forbidden("Its time is not over.")
    return _end(by, access, "expired")


def end_for_leaver(by: Actor, membership: Membership) -> None:
    """Within the act that ends a membership: nobody acts any longer as who has left, or for whom it was asked."""
    for access in _of(by).filter(person=membership.user):
        if access.running or access.awaits:
            _end(by, access, "left")


@action
def note_viewed(by: Actor, access: SupportAccess, *, page: str) -> None:
    """The staff looks at a page: a step like any other, at most once a minute for each page."""
    if by.staff is None:
        raise Forbidden("Only the support's looks are noted.")
    rows = ActivityLog.objects.within(by.workspace).filter(event="support:viewed", subject_id=access.pk)
    if not rows.filter(after__page=page, created_at__gt=timezone.now() - ONCE_IN).exists():
        _tell(by, "support:viewed", access, page=page)


def mark_mailed(access: SupportAccess) -> None:
    """The owners have been written to."""
    access.mailed_at = timezone.now()
    access.save(update_fields=["mailed_at"])


def staff_actor(workspace: Workspace, staff: User) -> Actor:
    """The staff at work in a workspace to which they do not belong: no right of any role."""
    return Actor(workspace, staff, Role(name="FlowBoard support", level=0), via="support")


def _staff_only(by: Actor) -> None:
    if by.via != "support" or by.staff is not None or not is_support(by.user):
        raise Forbidden("Only the support may do this.")


def _belongs(by: Actor, person: User) -> bool:
    rows = Membership.objects.within(by.workspace).filter(workspace__deleted_at=None, user__is_active=True)
    return bool(rows.filter(user=person).exists())


def _of(by: Actor) -> Any:
    return SupportAccess.objects.within(by.workspace).select_related("staff", "person")


def _held(by: Actor, access: SupportAccess) -> SupportAccess:
    held: SupportAccess = _of(by).select_for_update(of=("self",)).get(pk=access.pk)
    return held


def _answered(by: Actor, access: SupportAccess, state: State) -> SupportAccess:
    by.must("support.grant")
    access = _held(by, access)
    if not access.awaits:
        raise Refused("This has been answered already, or asked too long ago.")
    access.state, access.answered_at, access.answered_by = state, timezone.now(), by.user
    return access


def _end(by: Actor, access: SupportAccess, why: str) -> SupportAccess:
    access = _held(by, access)
    if access.state in (State.ENDED, State.DECLINED):
        return access
    access.state, access.ended_at = State.ENDED, timezone.now()
    access.save(update_fields=["state", "ended_at"])
    _tell(by, "support:ended", access, why=why)
    return access


def _named(staff: User) -> dict[str, str]:
    """With the id, by which the record forgets the name when the account is deleted."""
    return {"id": str(staff.pk), "name": str(staff)}


def _tell(by: Actor, event: str, access: SupportAccess, **facts: Any) -> None:
    """`user`: the member always hears of what is done as them."""
    record(by, event, access, after={"user": str(access.person_id), **facts}, label=str(access.person))


def find_for_staff(workspace_id: UUID, pk: UUID, staff: User) -> SupportAccess | None:
    """The staff's own running access; inside the workspace."""
    rows = SupportAccess.objects.within(workspace_id).select_related("staff", "person")
    found: SupportAccess | None = rows.filter(pk=pk, staff=staff).first()
    return found if found and found.running else None
