"""…/invitations/, for those who may invite."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.request import Request

from ..actions import invite_member, revoke_invitation
from ..actor import Actor
from ..models import Invitation
from ..rest.cursor import Key, PageQuery, uuid
from ..rest.fields import Strict, Text
from ..rest.schema import describes
from ..rest.view import Endpoint, answer, nothing
from .roles import RoleOut, find_role, role_row

STATES = ["pending", "accepted", "revoked", "expired"]
NEWEST = [Key("pk", uuid, down=True)]


class InvitationOut(serializers.Serializer[Any]):
    """An invitation by e-mail; the link itself goes to the address alone."""

    id = serializers.UUIDField()
    email = serializers.EmailField()
    role = RoleOut()
    state = serializers.ChoiceField(choices=STATES)
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()


class InvitationIn(Strict):
    """Whom to invite, and as what."""

    email = Text(max_length=254)
    role = Text(max_length=40, default="member", help_text="key, name or id; at most your own")


class Invitations(Endpoint):
    """Invitations."""

    @describes("list_invitations", InvitationOut, query=PageQuery, page=True)
    def get(self, request: Request, workspace: str) -> HttpResponse:
        """All invitations, newest first."""
        return self.page(_seen(self.by), NEWEST, invitation_row)

    @describes("invite_member", InvitationOut, status=201, body=InvitationIn)
    def post(self, request: Request, workspace: str) -> HttpResponse:
        """Invite somebody by e-mail; an older invitation of the same address is replaced."""
        said = self.given(InvitationIn)
        self.by.must("member.invite")
        invitation = invite_member(self.by, email=said["email"], role=find_role(self.by, said["role"]))
        return answer(invitation_row(invitation), 201)


class OneInvitation(Endpoint):
    """One invitation."""

    @describes("read_invitation", InvitationOut)
    def get(self, request: Request, workspace: str, invitation: UUID) -> HttpResponse:
        """The invitation."""
        return answer(invitation_row(get_object_or_404(_seen(self.by), pk=invitation)))

    @describes("revoke_invitation", status=204)
    def delete(self, request: Request, workspace: str, invitation: UUID) -> HttpResponse:
        """Revoke it: the link stops working."""
        revoke_invitation(self.by, get_object_or_404(_seen(self.by), pk=invitation))
        return nothing()


def _seen(by: Actor) -> QuerySet[Invitation]:
    by.must_hold("member.invite")
    return Invitation.objects.within(by.workspace).select_related("role")


def invitation_row(invitation: Invitation) -> dict[str, Any]:
    """As the API says it."""
    return {
        "id": invitation.pk, "email": invitation.email, "role": role_row(invitation.role), "state": invitation.state,
        "created_at": invitation.created_at, "expires_at": invitation.expires_at,
    }  # fmt: skip
