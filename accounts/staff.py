"""The staff of the operator: who belongs to it, and the list of what they did and why."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db import models, transaction
from django.utils import timezone

from .actions import note_taken_away
from .endings import person_changed
from .ids import key_at
from .models import StaffAct, User

SHORTEST_REASON, LONGEST_REASON = 10, 500
ONCE_IN = timedelta(minutes=1)
LOOKED, LOOKS_FOR = "workspace:looked_into", timedelta(hours=1)  # a reason for looking, and how long it holds


def is_staff(person: Any, permission: str) -> bool:
    """Whether somebody may do this in the back-office, now."""
    return bool(person.is_active and person.is_staff and person.has_perm(permission))


def note(
    staff: User, verb: str, subject: models.Model | None, *, reason: str, tenant: UUID | None = None, **facts: Any
) -> StaffAct:
    """One row, in the transaction of what it tells of."""
    act = StaffAct(staff=staff, verb=verb, reason=reason[:LONGEST_REASON], tenant=tenant, facts=facts)
    if subject is not None:
        act.subject_type, act.subject_id = subject._meta.verbose_name.__str__()[:40], str(subject.pk)
        act.subject = "" if isinstance(subject, User) or hasattr(subject, "user") else str(subject)[:200]
    act.save(force_insert=True)
    return act


def why_looking(staff: User, tenant: UUID) -> str | None:
    """The reason that somebody gave in the last hour for looking at this customer's rows."""
    acts = StaffAct.objects.filter(staff=staff, pk__gte=key_at(timezone.now() - LOOKS_FOR), tenant=tenant, verb=LOOKED)
    return acts.order_by("-pk").values_list("reason", flat=True).first()


def note_look(staff: User, kind: str, key: str, *, tenant: UUID, reason: str = "") -> None:
    """A customer's row was opened: which kind, of whom, and no word of it; at most once a minute."""
    verb = f"look at {kind}"[:40]
    lately = StaffAct.objects.filter(staff=staff, pk__gte=key_at(timezone.now() - ONCE_IN), verb=verb, subject_id=key)
    if not lately.exists():
        StaffAct(staff=staff, verb=verb, subject_type=kind[:40], subject_id=key, tenant=tenant, reason=reason).save(
            force_insert=True
        )


@transaction.atomic
def take_factor_away(factor: Authenticator, *, staff: User, reason: str) -> None:
    """For somebody who has lost it; their workspaces' records tell of it like of every change of how they sign in."""
    note(staff, "take a second factor away", factor.user, reason=reason, kind=factor.type)
    note_taken_away(factor.user)
    factor.delete()
    person_changed(factor.user_id)
