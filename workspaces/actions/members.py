"""Members: their roles, removing them, leaving. The last owner stays."""

from dataclasses import replace

from django.utils import timezone

from accounts.models import User

from ..actor import Actor
from ..errors import Forbidden, Refused
from ..models import AccessToken, Membership, Role, Workspace
from ..permissions import MEMBER, OWNER
from ..plans import must_fit
from ..spine import action, record


def _hold_owners(by: Actor) -> None:
    """One change of owners at a time, so that two owners cannot remove each other at once."""
    Workspace.objects.select_for_update(no_key=True).only("pk").get(pk=by.workspace.pk)


def _keep_an_owner(membership: Membership) -> None:
    owners = Membership.objects.within(membership.workspace_id).filter(role__level__gte=OWNER)
    if membership.role.level >= OWNER and not owners.exclude(pk=membership.pk).exists():
        raise Refused("The last owner cannot go: make somebody else an owner first.", "role")


def _not_above(by: Actor, role: Role) -> None:
    if role.workspace_id != by.workspace.pk:
        raise Refused("There is no such role.", "role")
    if role.level > by.level:
        raise Forbidden(f"The role {role.name} is above your own ({by.role.name}).")


@action
def add_member(by: Actor, person: User, *, role: Role) -> Membership:
    """Bring a person in without an invitation: for set-up from the command line; no door offers it."""
    by.must("member.invite")
    _not_above(by, role)
    membership = Membership(workspace=by.workspace, user=person, role=role, joined_at=by.at or timezone.now())
    membership.save(force_insert=True)
    facts = {"user": str(person.pk), "role": role.name}
    record(replace(by, user=person), "member:joined", membership, after=facts, label=str(person))
    return membership


@action
def change_role(by: Actor, membership: Membership, *, role: Role) -> Membership:
    """Give a member another role, at most one's own level."""
    by.must("role.manage")
    _hold_owners(by)
    membership = Membership.objects.within(by.workspace).select_related("user", "role").get(pk=membership.pk)
    _not_above(by, membership.role)
    _not_above(by, role)
    if role.level >= OWNER and membership.role.level < OWNER:
        by.must("workspace.transfer")
    if membership.role_id == role.pk:
        return membership
    if role.level < OWNER:
        _keep_an_owner(membership)
    if role.level >= MEMBER > membership.role.level and not membership.user.is_program:
        must_fit(by, "seats")
    facts = [
        {"user": str(membership.user_id), "role": name, "level": level} for name, level in _named(membership.role, role)
    ]
    membership.role = role
    membership.save(update_fields=["role"])
    record(by, "member:role_changed", membership, before=facts[0], after=facts[1], label=str(membership.user))
    return membership


def _named(*roles: Role) -> list[tuple[str, int]]:
    return [(role.name, role.level) for role in roles]


@action
def remove_member(by: Actor, membership: Membership) -> Membership:
    """Take a person out of the workspace: their sockets close, their tokens end, what they wrote stays."""
    by.must("member.remove")
    _not_above(by, membership.role)
    return _end(by, membership, "member:removed")


@action
def leave_workspace(by: Actor) -> Membership:
    """Go; the last owner cannot."""
    membership = Membership.objects.within(by.workspace).select_related("user", "role").get(user=by.user)
    return _end(by, membership, "member:left")


def _end(by: Actor, membership: Membership, event: str) -> Membership:
    _hold_owners(by)
    held = Membership.objects.within(by.workspace).select_related("user", "role").filter(pk=membership.pk).first()
    if held is None:
        return membership
    _keep_an_owner(held)
    AccessToken.objects.within(by.workspace).filter(user=held.user).delete()
    facts = {"user": str(held.user_id), "role": held.role.name}
    record(by, event, held, before=facts, label=str(held.user))
    Membership.objects.within(by.workspace).filter(pk=held.pk).delete()
    return held
