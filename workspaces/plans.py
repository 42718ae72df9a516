"""Plans: how many people, projects, bytes and requests a workspace may have, and the one function that asks for room.

A free and a paid plan differ in amounts alone: what protects a workspace is on every plan.
"""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.template.defaultfilters import filesizeformat
from django.utils import timezone

from . import panels
from .actor import Actor
from .errors import Refused
from .models import Invitation, Membership, Workspace
from .permissions import MEMBER

GIGABYTE = 1024**3


class OverPlan(Refused):
    """The plan has no more room."""

    status = 402


@dataclass(frozen=True)
class Plan:
    """None: as many as you like. Requests are those of the API in a minute, by person, by token and of the whole workspace."""

    name: str
    seats: int | None
    projects: int | None
    storage: int | None
    per_person: int
    per_token: int
    per_workspace: int
    ai_tokens: int | None = None  # in a month; None: the operator's AI_TOKENS, or as many as you like


PLANS: dict[str, Plan] = {
    "free": Plan("Free", 10, 10, 1 * GIGABYTE, 600, 300, 2_400, 100_000),
    "pro": Plan("Pro", 200, 500, 100 * GIGABYTE, 3_000, 1_500, 30_000, 5_000_000),
    # the operator's own machine is the limit; these numbers only stop what runs away
    "enterprise": Plan("Enterprise", None, None, None, 120_000, 120_000, 600_000),
}


def plan_of(workspace: Workspace | None) -> Plan:
    """The workspace's own, or the operator's."""
    return PLANS.get(workspace.plan if workspace else "") or PLANS[settings.PLAN]


def must_fit(by: Actor, kind: str, adding: int = 1) -> None:
    """Raises OverPlan when `adding` more seats, projects or bytes of storage do not fit; holds the place until commit.

    Ask for it just before the write: whoever asks at the same time waits for the other's commit and then counts afresh.
    """
    plan = plan_of(by.workspace)
    most = getattr(plan, kind)
    if most is None:
        return
    _refuse_over(plan, kind, most, used(by.workspace, kind), adding)  # nobody waits in a queue only to be refused
    Workspace.objects.select_for_update(no_key=True).only("pk").get(pk=by.workspace.pk)
    _refuse_over(plan, kind, most, used(by.workspace, kind), adding)


def used(workspace: Workspace, kind: str) -> int:
    """How many of them there are."""
    return _COUNTS[kind](workspace.pk) if kind in _COUNTS else panels.usage(kind, workspace.pk)


def _refuse_over(plan: Plan, kind: str, most: int, used: int, adding: int) -> None:
    if used + adding > most:
        raise OverPlan(f"{_WORDS[kind](plan, most, used, adding)} An owner can move the workspace to a larger plan.")


def _seats(workspace_id: UUID) -> int:
    """Members and whom they have invited; guests and programs need no seat."""
    members = Membership.objects.within(workspace_id).filter(role__level__gte=MEMBER, user__is_program=False)
    open_ones = Q(accepted_at=None, revoked_at=None, expires_at__gt=timezone.now(), role__level__gte=MEMBER)
    return int(members.count() + Invitation.objects.within(workspace_id).filter(open_ones).count())


def _storage_words(plan: Plan, most: int, used: int, adding: int) -> str:
    return (
        f"This file of {filesizeformat(adding)} does not fit: the {plan.name} plan has {filesizeformat(most)} "
        f"for files, and {filesizeformat(used)} are taken. Removed files count for 30 days, as they can be brought back."
    )


_COUNTS: dict[str, Callable[[UUID], int]] = {"seats": _seats}
_WORDS: dict[str, Callable[[Plan, int, int, int], str]] = {
    "seats": lambda plan, most, used, adding: (
        f"The {plan.name} plan has {most} seats, and {used} are taken by members and pending invitations. "
        "Remove a member, revoke an invitation, or invite as a guest: guests need no seat."
    ),
    "projects": lambda plan, most, used, adding: (
        f"The {plan.name} plan has room for {most} projects, and there are {used}. Delete one that nobody needs."
    ),
    "storage": _storage_words,
}
