"""…/roles/, read-only."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.request import Request

from ..actor import Actor
from ..models import Role
from ..permissions import PERMISSIONS
from ..rest.cursor import Key, PageQuery, uuid, whole
from ..rest.schema import describes
from ..rest.view import Endpoint, answer

HIGHEST = [Key("level", whole, down=True), Key("pk", uuid)]


class RoleOut(serializers.Serializer[Any]):
    """What a member may do."""

    id = serializers.UUIDField()
    key = serializers.CharField(help_text="owner, admin, member or guest; empty for a custom role")
    name = serializers.CharField()
    level = serializers.IntegerField(help_text="nobody gives or takes a role above their own")


class RoleWithPermissions(RoleOut):
    """A role and what it allows."""

    permissions = serializers.DictField(child=serializers.CharField(), help_text="name → sentence")


class Roles(Endpoint):
    """The workspace's roles."""

    @describes("list_roles", RoleWithPermissions, query=PageQuery, page=True)
    def get(self, request: Request, workspace: str) -> HttpResponse:
        """The roles and their permissions, the highest first."""
        return self.page(Role.objects.within(self.by.workspace), HIGHEST, _full)


class OneRole(Endpoint):
    """One role."""

    @describes("read_role", RoleWithPermissions)
    def get(self, request: Request, workspace: str, role: UUID) -> HttpResponse:
        """The role and its permissions."""
        return answer(_full(get_object_or_404(Role.objects.within(self.by.workspace), pk=role)))


def _full(role: Role) -> dict[str, Any]:
    return role_row(role) | {"permissions": {name: PERMISSIONS[name] for name in sorted(role.allowed)}}


def role_row(role: Role) -> dict[str, Any]:
    """As the API says it."""
    return {"id": role.pk, "key": role.key, "name": role.name, "level": role.level}


def find_role(by: Actor, said: str) -> Role:
    """A role by its key, its name or its id; 404 for what is not this workspace's."""
    rows = Role.objects.within(by.workspace)
    return get_object_or_404(rows, **({"pk": known} if (known := as_uuid(said)) else {"name__iexact": said}))


def as_uuid(said: str) -> UUID | None:
    """The id that the text spells, if it is one."""
    try:
        return UUID(said) if len(said) == 36 else None
    except ValueError:
        return None
