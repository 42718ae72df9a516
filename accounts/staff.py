"""The staff of the operator: who belongs to it, and the list of what they did and why."""

from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db import models, transaction

from .actions import note_taken_away
from .endings import person_changed
from .models import StaffAct, User

SHORTEST_REASON, LONGEST_REASON = 10, 500


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


@transaction.atomic
def take_factor_away(factor: Authenticator, *, staff: User, reason: str) -> None:
    """For somebody who has lost it; their workspaces' records tell of it like of every change of how they sign in."""
    note(staff, "take a second factor away", factor.user, reason=reason, kind=factor.type)
    note_taken_away(factor.user)
    factor.delete()
    person_changed(factor.user_id)
