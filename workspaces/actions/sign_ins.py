"""Sign-ins come into the record of each workspace of the person: whose audit page must show who got in, and who tried."""

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.devices import device
from accounts.models import SignIn, User

from .. import tenancy
from ..actor import Actor
from ..models import ActivityLog, Membership
from ..spine import acting, record

EVENTS = {
    SignIn.Outcome.IN: "member:signed_in", SignIn.Outcome.FAILED: "member:sign_in_failed",
    SignIn.Outcome.OUT: "member:signed_out", SignIn.Outcome.CHANGED: "member:security_changed",
}  # fmt: skip


def tell_workspaces(sign_in_id: UUID) -> None:
    """Tell each workspace once, however often this runs: its row names the sign-in, and two runs wait for each other."""
    sign_in = SignIn.objects.select_related("user").filter(pk=sign_in_id, told_at=None).first()
    if sign_in is None:
        return
    person = sign_in.user or User.objects.filter(email=sign_in.email.lower()).first()
    if person is not None:
        for workspace_id in workspaces_of(person):
            with tenancy.workspace(workspace_id, atomic=True):
                _tell(sign_in, person)
    SignIn.objects.filter(pk=sign_in_id).update(told_at=timezone.now())


def workspaces_of(person: User) -> list[UUID]:
    """In the order in which all who lock several workspaces lock them."""
    with tenancy.person(person.pk, atomic=True):
        rows = Membership.objects.of(person).filter(workspace__deleted_at=None)
        return sorted(rows.values_list("workspace_id", flat=True))


def _tell(sign_in: SignIn, person: User) -> None:
    here = tenancy.current_workspace()
    held = SignIn.objects.select_for_update().filter(pk=sign_in.pk, told_at=None)
    told = ActivityLog.objects.filter(workspace_id=here, subject_id=sign_in.pk)
    if not held.exists() or told.exists():
        return
    rows = Membership.objects.filter(workspace_id=here, user=person).select_related("workspace", "role", "user")
    if membership := rows.first():
        by = Actor.of(membership, sign_in.via).through(sign_in.via, at=sign_in.created_at)
        with acting(by):
            record(
                by, EVENTS[SignIn.Outcome(sign_in.outcome)], sign_in, after=_facts(sign_in, person), label=str(person)
            )


def _facts(sign_in: SignIn, person: User) -> dict[str, str]:
    return {
        "user": str(person.pk), "method": sign_in.method, "address": sign_in.address or "",
        "device": device(sign_in.agent) if sign_in.agent else "",
    }  # fmt: skip


def forget_sign_ins() -> int:
    """A person's own list of sign-ins goes back so many days; what stands in records stays there."""
    old = timezone.now() - timedelta(days=settings.SIGN_IN_DAYS)
    with transaction.atomic():
        return SignIn.objects.filter(created_at__lt=old).exclude(told_at=None).delete()[0]
