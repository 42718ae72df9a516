"""Plans: how many people, projects, bytes and requests a workspace may have, and the one function that asks for room.

PLANS are those that the code ships; what the operator made of them stands in the app above (`PLANS` in flowboard/panels.py).

A free and a paid plan differ in amounts alone: what protects a workspace is on every plan.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date
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
    """The plan has no more room. A program reads which limit, how much of it is taken, and where the way up is."""

    status = 402

    def __init__(self, words: str, workspace: Workspace, *, limit: str, most: int | None, used: int | None) -> None:
        super().__init__(words)
        self.members = {
            "limit": limit, "most": most, "used": used, "plan": plan_of(workspace).name, "upgrade": f"/w/{workspace.slug}/billing/",
        }  # fmt: skip


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
    guests: int | None = None  # for each seat that is taken
    history_days: int | None = None
    automation_runs: int | None = None  # in a month


PLANS: dict[str, Plan] = {
    "free": Plan("Free", 10, 10, 1 * GIGABYTE, 600, 300, 2_400, 100_000, 5, 90, 100),
    "pro": Plan("Pro", 200, 500, 100 * GIGABYTE, 3_000, 1_500, 30_000, 5_000_000, 5, None, 10_000),
    # the operator's own machine is the limit; these numbers only stop what runs away
    "enterprise": Plan("Enterprise", None, None, None, 120_000, 120_000, 600_000),
}


def plan_of(workspace: Workspace | None) -> Plan:
    """The workspace's own, or the operator's."""
    plans = panels.plans()
    return plans.get(workspace.plan if workspace else "") or plans[settings.PLAN]


def this_month() -> date:
    """The first day of the month that amounts of a month count in, by UTC."""
    return timezone.now().astimezone(UTC).date().replace(day=1)


def must_fit(by: Actor, kind: str, adding: int = 1) -> None:
    """Raises OverPlan when `adding` more seats, projects or bytes of storage do not fit; holds the place until commit.

    Ask for it just before the write: whoever asks at the same time waits for the other's commit and then counts afresh.
    """
    if getattr(plan_of(by.workspace), kind) is None:
        return
    _refuse_over(by.workspace, kind, adding)  # nobody waits in a queue only to be refused
    Workspace.objects.select_for_update(no_key=True).only("pk").get(pk=by.workspace.pk)
    _refuse_over(by.workspace, kind, adding)


def room(workspace: Workspace, kind: str) -> int | None:
    """How many of them the plan has room for. Guests go by the seats that are taken."""
    most: int | None = getattr(plan_of(workspace), kind)
    return most * max(_seats(workspace.pk), 1) if kind == "guests" and most is not None else most


def over_words(workspace: Workspace) -> OverPlan:
    """Why nothing can be changed in a workspace that has more members than seats."""
    plan, there = plan_of(workspace), members(workspace.pk)
    words = (
        f"{workspace.name} has {there} members, and the {plan.name} plan has {plan.seats} seats: until they fit, everything can be "
        "read and exported, and nothing changed. An owner can move to a larger plan, or remove members or make guests of them."
    )
    return OverPlan(words, workspace, limit="seats", most=plan.seats, used=there)


def beyond_words(workspace: Workspace) -> OverPlan:
    """Why nothing can be changed in a project that the plan has no room for."""
    plan = plan_of(workspace)
    words = (
        f"The {plan.name} plan has room for {plan.projects} project{'' if plan.projects == 1 else 's'}, and this is one of the youngest beyond them: it can be read "
        "and exported, and not changed. Archiving or deleting another project frees a place at once; an owner can move to a larger plan."
    )
    return OverPlan(words, workspace, limit="projects", most=plan.projects, used=used(workspace, "projects"))


def members(workspace_id: UUID, *, but: UUID | None = None) -> int:
    """Who takes a seat already; `but` is a membership that ends, or becomes a guest's."""
    rows = Membership.objects.within(workspace_id).filter(role__level__gte=MEMBER, user__is_program=False)
    return int(rows.exclude(pk=but).count())


def used(workspace: Workspace, kind: str) -> int:
    """How many of them there are."""
    return _COUNTS[kind](workspace.pk) if kind in _COUNTS else panels.usage(kind, workspace.pk)


def _refuse_over(workspace: Workspace, kind: str, adding: int) -> None:
    plan, most, taken = plan_of(workspace), room(workspace, kind), used(workspace, kind)
    if most is None or taken + adding <= most:
        return
    words = f"{_WORDS[kind](plan, most, taken, adding)} An owner can move the workspace to a larger plan."
    raise OverPlan(words, workspace, limit=kind, most=most, used=taken)


def _seats(workspace_id: UUID) -> int:
    """Members and whom they have invited; guests and programs need no seat."""
    return _people(workspace_id, Q(role__level__gte=MEMBER))


def _guests(workspace_id: UUID) -> int:
    return _people(workspace_id, Q(role__level__lt=MEMBER))


def _people(workspace_id: UUID, of_role: Q) -> int:
    members = Membership.objects.within(workspace_id).filter(of_role, user__is_program=False)
    open_ones = Q(accepted_at=None, revoked_at=None, expires_at__gt=timezone.now())
    return int(members.count() + Invitation.objects.within(workspace_id).filter(of_role, open_ones).count())


def _storage_words(plan: Plan, most: int, used: int, adding: int) -> str:
    return (
        f"This file of {filesizeformat(adding)} does not fit: the {plan.name} plan has {filesizeformat(most)} "
        f"for files, and {filesizeformat(used)} are taken. Removed files count for 30 days, as they can be brought back."
    )


_COUNTS: dict[str, Callable[[UUID], int]] = {"seats": _seats, "guests": _guests}
_WORDS: dict[str, Callable[[Plan, int, int, int], str]] = {
    "seats": lambda plan, most, used, adding: (
        f"The {plan.name} plan has {most} seats, and {used} are taken by members and pending invitations. "
        "Remove a member, revoke an invitation, or invite as a guest: guests need no seat."
    ),
    "guests": lambda plan, most, used, adding: (
        f"The {plan.name} plan has {most} guests for the seats that are taken, and there are {used} with pending "
        "invitations. Remove one, or invite a member: each seat brings more."
    ),
    "projects": lambda plan, most, used, adding: (
        f"The {plan.name} plan has room for {most} projects, and there are {used}. Delete one that nobody needs."
    ),
    "storage": _storage_words,
}
