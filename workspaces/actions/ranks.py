"""Who stands above whom: one change of people and roles at a time, nobody grants above themself, an owner stays."""

from dataclasses import replace
from uuid import UUID

from ..actor import Actor
from ..errors import Forbidden, Refused
from ..models import Membership, Role, Workspace
from ..permissions import OWNER, PERMISSIONS


def hold(by: Actor, permission: str = "") -> Actor:
    """Wait until nobody else changes people or roles here; the actor with the role that they hold by then."""
    wait(by.workspace.pk)
    mine = Membership.objects.within(by.workspace).select_related("role").filter(user=by.user).first()
    if mine is None:
        raise Forbidden("You do not belong to this workspace any more.")
    by = replace(by, role=mine.role.narrowed(by.role))
    if permission:
        by.must(permission)
    return by


def wait(workspace_id: UUID) -> None:
    """Before any row of a person, role or invitation, so that two acts never wait for each other in a circle."""
    Workspace.objects.select_for_update(no_key=True).only("pk").get(pk=workspace_id)


def fresh(by: Actor, role: Role) -> Role:
    """The role as it is now."""
    found: Role | None = Role.objects.within(by.workspace).filter(pk=role.pk).first()
    if found is None:
        raise Refused("There is no such role.", "role")
    return found


def not_above(by: Actor, role: Role) -> None:
    """Nobody touches a role above their own."""
    if role.workspace_id != by.workspace.pk:
        raise Refused("There is no such role.", "role")
    if role.level > by.level:
        raise Forbidden(f"The role {role.name} is above your own ({by.role.name}).", "role")


def may_give(by: Actor, role: Role) -> None:
    """Nobody gives a role above their own, or one that may do what they may not."""
    not_above(by, role)
    if more := sorted(role.allowed - by.role.allowed):
        words = f"The role {role.name} holds what yours ({by.role.name}) does not: {in_words(more)}."
        raise Forbidden(f"{words} Nobody gives more than they have.", "role")


def in_words(permissions: list[str]) -> str:
    """“Delete tasks”, “Comment on tasks” and 3 more"""
    said = [f"“{PERMISSIONS[name]}”" for name in permissions]
    return ", ".join(said) if len(said) < 4 else f"{', '.join(said[:2])} and {len(said) - 2} more"


def keep_an_owner(membership: Membership) -> None:
    """Whoever goes or steps down is not the last owner; ask while you `hold`."""
    owners = Membership.objects.within(membership.workspace_id).filter(role__level__gte=OWNER)
    if membership.role.level >= OWNER and not owners.exclude(pk=membership.pk).exists():
        raise Refused("The last owner cannot go: make somebody else an owner first.", "role")
