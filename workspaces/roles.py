"""Roles as pages name them: a system role by its key, a custom one by its id."""

from typing import Any

from .actor import Actor
from .errors import Refused
from .models import Role
from .permissions import OWNER, SYSTEM_ROLES
from .rules import as_uuid


def value_of(role: Role) -> str:
    """What stands for the role in a form."""
    return role.key or str(role.pk)


def find(by: Actor, said: str) -> Role:
    """The role that a form names; an unknown one is refused by name."""
    rows = Role.objects.within(by.workspace)
    key = as_uuid(said)
    found: Role | None = rows.filter(key=said).first() if said in SYSTEM_ROLES else key and rows.filter(pk=key).first()
    if found is None:
        raise Refused("There is no such role.", "role")
    return found


def every(by: Actor) -> list[Role]:
    """All roles, the highest first."""
    return list(Role.objects.within(by.workspace).order_by("-level", "name"))


def assignable(by: Actor) -> list[dict[str, Any]]:
    """The roles that the actor may give, those of the system first; owners are made in another way."""
    given = [option(row) for row in every(by) if row.level < OWNER and row.is_within(by.role)]
    return sorted(given, key=lambda one: bool(one["custom"]))


def option(role: Role) -> dict[str, Any]:
    """A role as a select draws it."""
    return {"id": role.pk, "value": value_of(role), "name": role.name, "words": role.words, "custom": not role.key}
