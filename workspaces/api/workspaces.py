"""…/workspaces/ and …/workspaces/<slug>/"""

from typing import Any

from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.request import Request

from .. import tenancy
from ..actions import create_workspace, delete_workspace, require_second_factor, update_workspace
from ..actor import Actor
from ..models import Membership, Role, Workspace
from ..rest.cursor import Key, PageQuery, word
from ..rest.fields import Flag, Strict, Text
from ..rest.schema import describes
from ..rest.view import Endpoint, answer, nothing
from .roles import RoleOut, role_row

SLUG = [Key("workspace__slug", word)]


class WorkspaceOut(serializers.Serializer[Any]):
    """A tenant, as one of its members sees it."""

    id = serializers.UUIDField()
    slug = serializers.SlugField()
    name = serializers.CharField()
    require_mfa = serializers.BooleanField(help_text="members without a second factor see nothing of it")
    created_at = serializers.DateTimeField()
    role = RoleOut(help_text="your own")


class WorkspaceIn(Strict):
    """A new workspace; without `slug` one is made of the name."""

    name = Text(max_length=80)
    slug = Text(max_length=40, required=False)


class WorkspaceChange(Strict):
    """The address stays."""

    name = Text(max_length=80, required=False)
    require_mfa = Flag(required=False)


class Confirmed(Strict):
    """Deleting for everybody asks for the address, typed again."""

    confirm = Text(max_length=40)


class Workspaces(Endpoint):
    """Your workspaces."""

    @describes("list_workspaces", WorkspaceOut, query=PageQuery, page=True)
    def get(self, request: Request) -> HttpResponse:
        """Your workspaces by address."""
        with tenancy.person(request.user.pk, atomic=True):
            mine = (
                Membership.objects.of(request.user)
                .filter(workspace__deleted_at=None)
                .select_related("workspace", "role")
            )
            return self.page(mine, SLUG, lambda mine: workspace_row(mine.workspace, mine.role))

    @describes("create_workspace", WorkspaceOut, status=201, body=WorkspaceIn)
    def post(self, request: Request) -> HttpResponse:
        """Found a workspace, and be its owner."""
        with tenancy.person(request.user.pk):
            membership = create_workspace(request.user, **self.given(WorkspaceIn))
        return answer(workspace_row(membership.workspace, membership.role), 201)


class OneWorkspace(Endpoint):
    """One workspace."""

    @describes("read_workspace", WorkspaceOut)
    def get(self, request: Request, workspace: str) -> HttpResponse:
        """The workspace, and your role in it."""
        return _shown(self.by)

    @describes("update_workspace", WorkspaceOut, body=WorkspaceChange)
    def patch(self, request: Request, workspace: str) -> HttpResponse:
        """Rename it, or ask its members for a second factor."""
        fields = self.given(WorkspaceChange)
        if "require_mfa" in fields:
            require_second_factor(self.by, required=fields.pop("require_mfa"))
        if fields:
            update_workspace(self.by, **fields)
        return _shown(self.by)

    @describes("delete_workspace", status=204, query=Confirmed)
    def delete(self, request: Request, workspace: str) -> HttpResponse:
        """Delete it for everybody: `confirm` repeats its address, in the query or in the body."""
        said = self.given(Confirmed) if request.data else _asked(self)
        delete_workspace(self.by, **said)
        return nothing()


def _asked(view: Endpoint) -> dict[str, Any]:
    shape = Confirmed(data=view.request.query_params.dict())
    shape.is_valid(raise_exception=True)
    return dict(shape.validated_data)


def _shown(by: Actor) -> HttpResponse:
    return answer(workspace_row(by.workspace, by.role))


def workspace_row(workspace: Workspace, role: Role) -> dict[str, Any]:
    """As the API says it."""
    return {
        "id": workspace.pk, "slug": workspace.slug, "name": workspace.name, "require_mfa": workspace.require_mfa,
        "created_at": workspace.created_at, "role": role_row(role),
    }  # fmt: skip
