"""Members: their roles, removing them, leaving. The last owner stays."""

from dataclasses import replace
from typing import Any

from django.utils import timezone

from accounts.models import User

from ..actor import Actor
from ..errors import Refused
from ..leaving import lowered, part
from ..models import AccessToken, Membership, Role
from ..permissions import MEMBER, OWNER
from ..plans import must_fit
from ..spine import acting, action, record
from .ranks import fresh, hold, keep_an_owner, may_give, not_above


@action
def add_member(by: Actor, person: User, *, role: Role) -> Membership:
    """Bring a person in without an invitation: for set-up from the command line; no door offers it."""
    by.must("member.invite")
    may_give(by, role)
    return enter(by, person, role)


def enter(by: Actor, person: User, role: Role, **more: Any) -> Membership:
    """Make the person a member; it is their own row of the record, with `more` facts."""
    membership = Membership(workspace=by.workspace, user=person, role=role, joined_at=by.at or timezone.now())
    membership.save(force_insert=True)
    facts = {"user": str(person.pk), "role": role.name} | more
    record(replace(by, user=person), "member:joined", membership, after=facts, label=str(person))
    return membership


@action
def change_role(by: Actor, membership: Membership, *, role: Role) -> Membership:
    """Give a member another role, at most one's own: neither its level nor what it may goes beyond."""
    by.must("role.manage")
    by = hold(by, "role.manage")
    membership, role = _fresh_member(by, membership), fresh(by, role)
    not_above(by, membership.role)
    if membership.role_id == role.pk:
        return membership
    may_give(by, role)
    _check_change(by, membership, role)
    facts = [
        {"user": str(membership.user_id), "role": name, "level": level} for name, level in _named(membership.role, role)
    ]
    was, membership.role = membership.role, role
    membership.save(update_fields=["role"])
    record(by, "member:role_changed", membership, before=facts[0], after=facts[1], label=str(membership.user))
    if was.level >= MEMBER > role.level:
        lowered(by, membership)
    return membership


def _fresh_member(by: Actor, membership: Membership) -> Membership:
    found: Membership | None = _rows(by).filter(pk=membership.pk).first()
    if found is None:
        raise Refused("They do not belong to this workspace any more.", "user")
    return found


def _check_change(by: Actor, membership: Membership, role: Role) -> None:
    """Owners are made by who may, the last one stays, and a guest who becomes a member takes a seat."""
    if role.level >= OWNER:
        by.must("workspace.transfer")
        if membership.user.is_program:
            raise Refused("A program cannot own a workspace.", "role")
    else:
        keep_an_owner(membership)
    if role.level >= MEMBER > membership.role.level and not membership.user.is_program:
        must_fit(by, "seats")


def _named(*roles: Role) -> list[tuple[str, int]]:
    return [(role.name, role.level) for role in roles]


@action
def transfer_ownership(by: Actor, membership: Membership, *, confirm: str, step_down: bool = True) -> Membership:
    """Make somebody an owner and, with `step_down`, oneself an admin; `confirm` repeats the workspace's address."""
    by.must("workspace.transfer")
    if confirm != by.workspace.slug:
        raise Refused(f"To do this, type the address of the workspace: {by.workspace.slug}.", "confirm")
    if membership.user_id == by.user.pk:
        raise Refused("You are an owner already: choose somebody else.", "user")
    roles = {role.key: role for role in Role.objects.within(by.workspace).exclude(key="")}
    words = "Transferred the ownership to" if step_down else "Made an owner of"
    with acting(by, title=f"{words} {membership.user}"[:300]):
        given = change_role(by, membership, role=roles["owner"])
        if step_down:
            own = Membership.objects.within(by.workspace).get(user=by.user)
            change_role(by, own, role=roles["admin"])
    return given


@action
def remove_member(by: Actor, membership: Membership) -> Membership:
    """Take a person out of the workspace: their sockets close, their tokens end, what they wrote stays."""
    by.must("member.remove")
    by = hold(by, "member.remove")
    held = _rows(by).filter(pk=membership.pk).first()
    if held is None:
        return membership
    not_above(by, held.role)
    return _end(by, held, "member:removed")


@action
def leave_workspace(by: Actor) -> Membership:
    """Go; the last owner cannot."""
    by.in_person()
    by = hold(by)
    return _end(by, _rows(by).get(user=by.user), "member:left")


def _rows(by: Actor) -> Any:
    return Membership.objects.within(by.workspace).select_related("user", "role")


def _end(by: Actor, held: Membership, event: str) -> Membership:
    """To be called while one holds the people."""
    keep_an_owner(held)
    AccessToken.objects.within(by.workspace).filter(user=held.user).delete()
    depart(by, held, event)
    return held


def depart(by: Actor, held: Membership, event: str, **more: Any) -> None:
    """End the membership with all that hangs on it, and record it with `more` facts."""
    facts = {"user": str(held.user_id), "role": held.role.name} | more
    record(by, event, held, before=facts, label=str(held.user))
    part(by, held)
    Membership.objects.within(by.workspace).filter(pk=held.pk).delete()
