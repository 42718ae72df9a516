"""…/members/: who belongs, by their user's id."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.request import Request

from ..actions import change_role, leave_workspace, remove_member, transfer_ownership
from ..actor import Actor
from ..errors import Refused
from ..models import Membership
from ..panels import knows_everybody, people_known
from ..permissions import OWNER
from ..rest.cursor import Key, PageQuery, moment, uuid
from ..rest.fields import Flag, Id, Strict, Text
from ..rest.schema import describes
from ..rest.view import Endpoint, answer, nothing
from .roles import RoleOut, find_role, role_row

JOINED = [Key("joined_at", moment), Key("pk", uuid)]


class MemberOut(serializers.Serializer[Any]):
    """A person of the workspace."""

    id = serializers.UUIDField(help_text="of the person: what tasks name as assignees")
    name = serializers.CharField()
    email = serializers.EmailField(allow_null=True, help_text="null where you are a guest, and of a program")
    role = RoleOut()
    joined_at = serializers.DateTimeField()
    is_program = serializers.BooleanField(help_text="stands for a workspace's access token")


class MemberChange(Strict):
    """Another role."""

    role = Text(max_length=40, required=False, help_text="key, name or id")


class NewOwner(Strict):
    """Who is to be an owner."""

    user = Id(help_text="a member")
    confirm = Text(max_length=40, help_text="the address of the workspace, once more")
    step_down = Flag(default=True, help_text="become an admin yourself in the same act")


class Members(Endpoint):
    """The people of the workspace."""

    @describes("list_members", MemberOut, query=PageQuery, page=True)
    def get(self, request: Request, workspace: str) -> HttpResponse:
        """The people, in the order in which they joined; to a guest those with whom they share something."""
        return self.page(people_known(self.by), JOINED, lambda member: member_row(self.by, member))


class OneMember(Endpoint):
    """One person of the workspace."""

    @describes("read_member", MemberOut)
    def get(self, request: Request, workspace: str, user: UUID) -> HttpResponse:
        """The person and their role."""
        return answer(member_row(self.by, _find(self.by, user)))

    @describes("update_member", MemberOut, body=MemberChange)
    def patch(self, request: Request, workspace: str, user: UUID) -> HttpResponse:
        """Give them another role, with no more than you have yourself. Owners are made by …/ownership/."""
        member, said = _find(self.by, user), self.given(MemberChange)
        if said:
            role = find_role(self.by, said["role"])
            if role.level >= OWNER > member.role.level:
                raise Refused("An owner is made by POST …/ownership/, which asks for the workspace's address.", "role")
            member = change_role(self.by, member, role=role)
        return answer(member_row(self.by, member))

    @describes("remove_member", status=204)
    def delete(self, request: Request, workspace: str, user: UUID) -> HttpResponse:
        """Take them out; with your own id you leave."""
        member = _find(self.by, user)
        if user == self.by.user.pk:
            leave_workspace(self.by)
        else:
            remove_member(self.by, member)
        return nothing()


class Ownership(Endpoint):
    """Who owns the workspace."""

    @describes("transfer_ownership", MemberOut, body=NewOwner)
    def post(self, request: Request, workspace: str) -> HttpResponse:
        """Make a member an owner, and yourself an admin unless `step_down` is false; `confirm` repeats the address."""
        said = self.given(NewOwner)
        member = _find(self.by, said.pop("user"))
        return answer(member_row(self.by, transfer_ownership(self.by, member, **said)))


def _find(by: Actor, user: UUID) -> Membership:
    found: Membership = get_object_or_404(people_known(by), user_id=user)
    return found


def member_row(by: Actor, member: Membership) -> dict[str, Any]:
    """As the API says it to this actor."""
    seen = knows_everybody(by) or member.user_id == by.user.pk
    return {
        "id": member.user_id, "name": str(member.user) if seen or member.user.name else "", "email": member.user.email if seen and not member.user.is_program else None,
        "role": role_row(member.role), "joined_at": member.joined_at,
        "is_program": member.user.is_program,
    }  # fmt: skip
