"""…/members/: who belongs, by their user's id."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.request import Request

from ..actions import change_role, leave_workspace, remove_member
from ..actor import Actor
from ..models import Membership
from ..permissions import MEMBER
from ..rest.cursor import Key, PageQuery, moment, uuid
from ..rest.fields import Strict, Text
from ..rest.schema import describes
from ..rest.view import Endpoint, answer, nothing
from .roles import RoleOut, find_role, role_row

JOINED = [Key("joined_at", moment), Key("pk", uuid)]


class MemberOut(serializers.Serializer[Any]):
    """A person of the workspace."""

    id = serializers.UUIDField(help_text="of the person: what tasks name as assignees")
    name = serializers.CharField()
    email = serializers.EmailField(allow_null=True, help_text="null where you are a guest")
    role = RoleOut()
    joined_at = serializers.DateTimeField()


class MemberChange(Strict):
    """Another role."""

    role = Text(max_length=40, required=False, help_text="key, name or id")


class Members(Endpoint):
    """The people of the workspace."""

    @describes("list_members", MemberOut, query=PageQuery, page=True)
    def get(self, request: Request, workspace: str) -> HttpResponse:
        """The people, in the order in which they joined."""
        return self.page(_members(self.by), JOINED, lambda member: member_row(self.by, member))


class OneMember(Endpoint):
    """One person of the workspace."""

    @describes("read_member", MemberOut)
    def get(self, request: Request, workspace: str, user: UUID) -> HttpResponse:
        """The person and their role."""
        return answer(member_row(self.by, self._find(user)))

    @describes("update_member", MemberOut, body=MemberChange)
    def patch(self, request: Request, workspace: str, user: UUID) -> HttpResponse:
        """Give them another role, at most your own."""
        member, said = self._find(user), self.given(MemberChange)
        if said:
            member = change_role(self.by, member, role=find_role(self.by, said["role"]))
        return answer(member_row(self.by, member))

    @describes("remove_member", status=204)
    def delete(self, request: Request, workspace: str, user: UUID) -> HttpResponse:
        """Take them out; with your own id you leave."""
        member = self._find(user)
        if user == self.by.user.pk:
            leave_workspace(self.by)
        else:
            remove_member(self.by, member)
        return nothing()

    def _find(self, user: UUID) -> Membership:
        return get_object_or_404(_members(self.by), user_id=user)


def _members(by: Actor) -> QuerySet[Membership]:
    return Membership.objects.within(by.workspace).select_related("user", "role")


def member_row(by: Actor, member: Membership) -> dict[str, Any]:
    """As the API says it to this actor."""
    seen = by.level >= MEMBER or member.user_id == by.user.pk
    return {
        "id": member.user_id, "name": str(member.user) if seen or member.user.name else "", "email": member.user.email if seen else None,
        "role": role_row(member.role), "joined_at": member.joined_at,
    }  # fmt: skip
