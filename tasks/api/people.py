"""…/projects/<KEY>/people/: with whom a project is shared beyond what their role shows them."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.request import Request

from accounts.models import User
from workspaces.errors import Refused
from workspaces.models import Membership
from workspaces.rest.cursor import Key, PageQuery, uuid
from workspaces.rest.fields import Choice, Id, Strict
from workspaces.rest.schema import describes
from workspaces.rest.view import Endpoint, answer, nothing

from ..actions import share_project, unshare_project
from ..models import GRANTS, ProjectGrant
from ..reading.finding import find_project

BY_ID = [Key("pk", uuid)]


class GrantOut(serializers.Serializer[Any]):
    """What somebody may do in the project by a grant."""

    id = serializers.UUIDField(help_text="of the person")
    name = serializers.CharField()
    grant = serializers.ChoiceField(choices=list(GRANTS))


class GrantIn(Strict):
    """With whom to share it, and how far."""

    user = Id(help_text="of a member or guest of the workspace")
    grant = Choice(choices=list(GRANTS), default="edit_project")


class People(Endpoint):
    """With whom a project is shared."""

    @describes("list_project_people", GrantOut, query=PageQuery, page=True)
    def get(self, request: Request, workspace: str, key: str) -> HttpResponse:
        """The grants on the project."""
        grants = ProjectGrant.objects.filter(workspace=self.by.workspace, content_object=find_project(self.by, key))
        return self.page(grants.select_related("user", "permission"), BY_ID, _row)

    @describes("share_project", GrantOut, status=201, body=GrantIn)
    def post(self, request: Request, workspace: str, key: str) -> HttpResponse:
        """Share it with a member or guest."""
        project, said = find_project(self.by, key), self.given(GrantIn)
        member = Membership.objects.within(self.by.workspace).select_related("user").filter(user=said["user"]).first()
        if member is None:
            raise Refused("That person is not in this workspace: invite them first.", "user")
        share_project(self.by, project, person=member.user, grant=said["grant"])
        return answer({"id": member.user.pk, "name": str(member.user), "grant": said["grant"]}, 201)


class OnePerson(Endpoint):
    """Somebody with whom a project is shared."""

    @describes("unshare_project", status=204)
    def delete(self, request: Request, workspace: str, key: str, user: UUID) -> HttpResponse:
        """Stop sharing it with them."""
        project = find_project(self.by, key)
        grants = ProjectGrant.objects.filter(workspace=self.by.workspace, content_object=project)
        person: User = get_object_or_404(grants.select_related("user"), user=user).user
        unshare_project(self.by, project, person=person)
        return nothing()


def _row(grant: ProjectGrant) -> dict[str, Any]:
    return {"id": grant.user.pk, "name": str(grant.user), "grant": grant.permission.codename}
