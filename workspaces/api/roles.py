"""…/roles/: what members may do; everybody reads, who may manage roles makes and changes custom ones."""

from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.request import Request

from ..actions import create_role, delete_role, update_role
from ..actions.roles import HIGHEST
from ..actor import Actor
from ..models import Role
from ..permissions import PERMISSIONS
from ..rest.cursor import Key, PageQuery, uuid, whole
from ..rest.fields import Strict, Text, Whole, Words
from ..rest.schema import describes
from ..rest.view import Endpoint, answer, nothing
from ..rules import as_uuid

HIGHEST_FIRST = [Key("level", whole, down=True), Key("pk", uuid)]
LEVELS = f"1 to {HIGHEST}, at most your own; below 20 its people see only what is shared with them"


class RoleOut(serializers.Serializer[Any]):
    """What a member may do."""

    id = serializers.UUIDField()
    key = serializers.CharField(help_text="owner, admin, member or guest; empty for a custom role")
    name = serializers.CharField()
    level = serializers.IntegerField(help_text="nobody gives or takes a role above their own")


class RoleWithPermissions(RoleOut):
    """A role and what it allows."""

    description = serializers.CharField()
    permissions = serializers.DictField(child=serializers.CharField(), help_text="name → sentence")
    members = serializers.IntegerField(help_text="how many people hold it")


class RoleChange(Strict):
    """A custom role; what is left out stays."""

    name = Text(max_length=40, required=False)
    description = Text(max_length=200, required=False, allow_blank=True)
    level = Whole(min_value=1, max_value=HIGHEST, required=False, help_text=LEVELS)
    permissions = Words(most=len(PERMISSIONS), longest=40, required=False, help_text="names, none that you lack")


class RoleIn(RoleChange):
    """A new role: what is left out is as in `copy`, else level 20 and no permission."""

    name = Text(max_length=40)
    copy = Text(max_length=40, required=False, help_text="key, name or id of the role to begin with")


class Heir(Strict):
    """Who gets the people."""

    into = Text(max_length=40, required=False, help_text="key, name or id of the role that its people get")


class Roles(Endpoint):
    """The workspace's roles."""

    @describes("list_roles", RoleWithPermissions, query=PageQuery, page=True)
    def get(self, request: Request, workspace: str) -> HttpResponse:
        """The roles and their permissions, the highest first."""
        return self.page(_counted(self.by), HIGHEST_FIRST, _full)

    @describes("create_role", RoleWithPermissions, status=201, body=RoleIn)
    def post(self, request: Request, workspace: str) -> HttpResponse:
        """Make a role of your own; with `copy` it begins as that one."""
        said = self.given(RoleIn)
        self.by.must("role.manage")
        like = find_role(self.by, said.pop("copy")) if "copy" in said else None
        return answer(_full(create_role(self.by, like=like, **said)), 201)


class OneRole(Endpoint):
    """One role."""

    @describes("read_role", RoleWithPermissions)
    def get(self, request: Request, workspace: str, role: UUID) -> HttpResponse:
        """The role and its permissions."""
        return answer(_full(self._find(role)))

    @describes("update_role", RoleWithPermissions, body=RoleChange)
    def patch(self, request: Request, workspace: str, role: UUID) -> HttpResponse:
        """Change what is sent; whoever holds the role may it at once."""
        held, said = self._find(role), self.given(RoleChange)
        if said:
            update_role(self.by, held, **said)
        return answer(_full(self._find(role)))

    @describes("delete_role", status=204, query=Heir)
    def delete(self, request: Request, workspace: str, role: UUID) -> HttpResponse:
        """Delete it; `into` names the role that its people get."""
        held, said = self._find(role), self.asked(Heir)
        self.by.must("role.manage")
        delete_role(self.by, held, into=find_role(self.by, said["into"]) if said else None)
        return nothing()

    def _find(self, role: UUID) -> Role:
        return get_object_or_404(_counted(self.by), pk=role)


def _counted(by: Actor) -> QuerySet[Role]:
    return Role.objects.within(by.workspace).annotate(people=Count("memberships"))


def _full(role: Role) -> dict[str, Any]:
    allowed = {name: PERMISSIONS[name] for name in sorted(role.allowed)}
    people = getattr(role, "people", 0)  # nobody holds a new one
    return role_row(role) | {"description": role.words, "permissions": allowed, "members": people}


def role_row(role: Role) -> dict[str, Any]:
    """As the API says it."""
    return {"id": role.pk, "key": role.key, "name": role.name, "level": role.level}


def find_role(by: Actor, said: str) -> Role:
    """A role by its key, its name or its id; 404 for what is not this workspace's."""
    rows = Role.objects.within(by.workspace)
    return get_object_or_404(rows, **({"pk": known} if (known := as_uuid(said)) else {"name__iexact": said}))
