"""Custom roles: making, copying, changing and deleting them. Nobody grants above themself."""

from collections.abc import Callable, Collection
from typing import Any

from django.utils import timezone

from ..actor import Actor
from ..errors import Forbidden, Refused, Stale
from ..leaving import lowered
from ..models import Invitation, Membership, Role
from ..permissions import MEMBER, OPEN_TO_ROLES, OWNER, OWNERS_ONLY, PERMISSIONS
from ..plans import must_fit
from ..rules import line, set_fields, text
from ..spine import action, record
from ..undo import undoes
from .invitations import revoke_invitation
from .members import change_role
from .ranks import fresh, hold, in_words, not_above

MOST_ROLES = 50
HIGHEST = OWNER - 1


@action
def create_role(by: Actor, *, like: Role | None = None, **fields: Any) -> Role:
    """Make a custom role: name, description, level, permissions; what is not said is as in the role `like`."""
    by.must("role.manage")
    by = hold(by, "role.manage")
    if Role.objects.within(by.workspace).filter(key="").count() >= MOST_ROLES:
        raise Refused(f"A workspace has at most {MOST_ROLES} roles of its own: delete one first.", "name")
    role = Role(workspace=by.workspace, level=MEMBER, permissions=[])
    set_fields(role, CLEAN, _like(by, like) | fields)
    _check(by, role, granted=role.allowed)
    role.save(force_insert=True)
    record(by, "role:created", role, after=_facts(role), label=role.name)
    return role


@action
def update_role(by: Actor, role: Role, **fields: Any) -> Role:
    """Change a custom role; whoever holds it may at once what it says then."""
    by.must("role.manage")
    by = hold(by, "role.manage")
    role = _own(by, role)
    held, level = role.allowed, role.level
    before, after = set_fields(role, CLEAN, fields)
    if not after:
        return role
    _check(by, role, granted=role.allowed if role.level > level else role.allowed - held)
    if role.level >= MEMBER > level:
        must_fit(by, "seats", _seats(role))
    role.save(update_fields=list(after))
    record(by, "role:updated", role, before=before, after=after, label=role.name)
    if level >= MEMBER > role.level:
        for membership in holders(role):
            lowered(by, membership)
    return role


@action
def delete_role(by: Actor, role: Role, *, into: Role | None = None) -> Role:
    """Delete a custom role that nobody holds; `into` gives its people that one, and takes its invitations back."""
    by.must("role.manage")
    now = hold(by, "role.manage")
    if not Role.objects.within(by.workspace).filter(pk=role.pk).exists():
        return role
    role = _own(now, role)
    if into is not None and into.pk == role.pk:
        raise Refused("Choose another role for its people.", "into")
    _empty(by, role, into)
    Role.objects.within(by.workspace).filter(pk=role.pk).delete()
    record(by, "role:deleted", role, before=_facts(role), label=role.name)
    return role


def _own(by: Actor, role: Role) -> Role:
    """The custom role as it is now, when it is not above the actor."""
    role = fresh(by, role)
    if role.key:
        raise Refused(f"{role.name} is a role of the system and stays as it is: copy it, and change the copy.", "role")
    not_above(by, role)
    return role


def _like(by: Actor, role: Role | None) -> dict[str, Any]:
    """What a copy begins with: what only owners may does not go along."""
    if role is None:
        return {}
    role = fresh(by, role)
    allowed = role.allowed & OPEN_TO_ROLES
    return {"description": role.description, "level": min(role.level, HIGHEST), "permissions": allowed}


def _check(by: Actor, role: Role, *, granted: Collection[str]) -> None:
    """The name is free, and neither the level nor what is granted goes beyond the actor's own."""
    same = Role.objects.within(by.workspace).filter(name__iexact=role.name)
    if same.exclude(pk=role.pk).exists():
        raise Refused(f"There is a role {role.name} already.", "name")
    if role.level > by.level:
        raise Forbidden(f"The level {role.level} is above your own ({by.level}).", "level")
    if more := sorted(set(granted) - by.role.allowed):
        words = f"You do not hold this yourself: {in_words(more)}. Nobody gives more than they have."
        raise Forbidden(words, "permissions")


def _empty(by: Actor, role: Role, into: Role | None) -> None:
    """See that nobody holds the role, and that no invitation leads into it."""
    people, invitations = holders(role), pending(role)
    if into is None and (people or invitations):
        raise Refused(f"{_held_by(len(people), len(invitations), role)}: give them another role first.", "into")
    for membership in people:
        change_role(by, membership, role=into)  # type: ignore[arg-type]
    for invitation in invitations:
        revoke_invitation(by, invitation)


def holders(role: Role) -> list[Membership]:
    """Who holds the role, by name."""
    rows = Membership.objects.within(role.workspace_id).filter(role=role).select_related("user", "role")
    return list(rows.order_by("user__name", "user__email"))


def pending(role: Role) -> list[Invitation]:
    """The open invitations that lead into the role."""
    rows = Invitation.objects.within(role.workspace_id).filter(role=role, accepted_at=None, revoked_at=None)
    return list(rows.filter(expires_at__gt=timezone.now()))


def _held_by(people: int, invitations: int, role: Role) -> str:
    """2 people hold the role Reviewer, and 1 open invitation leads into it"""
    said = [f"{people} {'person holds' if people == 1 else 'people hold'} the role {role.name}"] if people else []
    if invitations:
        into = "it" if people else f"the role {role.name}"
        said.append(f"{invitations} open {'invitation leads' if invitations == 1 else 'invitations lead'} into {into}")
    return ", and ".join(said)


def _seats(role: Role) -> int:
    """How many of its people and invitations take a seat once it is a member's role."""
    return sum(not one.user.is_program for one in holders(role)) + len(pending(role))


def _facts(role: Role) -> dict[str, Any]:
    return {name: getattr(role, name) for name in CLEAN}


def _level(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= HIGHEST:
        raise Refused(f"The level of a role is a whole number from 1 to {HIGHEST}.", "level")
    return value


def _permissions(names: Collection[str]) -> list[str]:
    for name in names:
        if name not in PERMISSIONS:
            raise Refused(f"There is no permission {str(name)[:40]!r}.", "permissions")
        if name in OWNERS_ONLY:
            raise Refused(f"Only owners may do this: {PERMISSIONS[name]}.", "permissions")
    return sorted(set(names))


CLEAN: dict[str, Callable[[Any], Any]] = {
    "name": lambda value: line(value, "name", longest=40),
    "description": lambda value: " ".join(text(value, "description", longest=200).split()),
    "level": _level,
    "permissions": _permissions,
}


@undoes("role:created")
def take_away(by: Actor, row: Any) -> None:
    """A role that people hold by now stays."""
    delete_role(by, _still_there(by, row))


@undoes("role:updated")
def set_back(by: Actor, row: Any) -> None:
    """Each field gets its old value, when it holds what the change left there."""
    role = _still_there(by, row)
    for name in row.before:
        if getattr(role, name) != row.after[name]:
            raise Stale(f"The {name} of the role {role.name} was changed again since.")
    update_role(by, role, **row.before)


@undoes("role:deleted")
def make_again(by: Actor, row: Any) -> None:
    """Its people, who were given another role before, keep that one."""
    create_role(by, **row.before)


def _still_there(by: Actor, row: Any) -> Role:
    role: Role | None = Role.objects.within(by.workspace).filter(pk=row.subject_id).first()
    if role is None:
        raise Stale(f"The role {row.subject_label} is gone.")
    return role
