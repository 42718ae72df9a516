"""…/access/: who can see a project, a task or an attachment, and why; …/access/widening/: who would, before it is done."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.request import Request

from workspaces.api.activity import PersonOut
from workspaces.rest.cursor import Key, PageQuery, paged, uuid
from workspaces.rest.fields import Strict
from workspaces.rest.schema import describes
from workspaces.rest.view import Endpoint, answer

from ..access import KINDS
from ..models import GRANTS, TASK_GRANTS, Attachment, Project, Task
from ..reading.access import Seer, explained, seeing
from ..reading.finding import find_project, find_task
from ..reading.settings import find_member
from ..reading.widening import Widening, widening
from .details import Detail

BY_ID = [Key("pk", uuid)]


class PathOut(serializers.Serializer[Any]):
    """One way in."""

    kind = serializers.ChoiceField(
        choices=KINDS,
        help_text="the role; membership of a private project; a grant on the project, on the task, on some of its tasks",
    )
    sentence = serializers.CharField()


class SeerOut(serializers.Serializer[Any]):
    """Somebody who can see it, and why."""

    user = PersonOut()
    role = serializers.CharField()
    guest = serializers.BooleanField(help_text="below the level of members: sees only what is shared")
    program = serializers.BooleanField(help_text="not a person: a workspace token acts as it")
    permissions = serializers.ListField(child=serializers.CharField(), help_text="what they may do here")
    paths = PathOut(many=True)


class WideningOut(serializers.Serializer[Any]):
    """Who would gain what."""

    sentence = serializers.CharField(help_text="empty when nobody gains anything")
    see = PersonOut(many=True, help_text="who would see it and does not now; the first 200")
    may = PersonOut(many=True, help_text="who sees it already and could do more; the first 200")
    people = serializers.IntegerField(help_text="how many would see it and do not now")
    guests = serializers.IntegerField(help_text="how many of them are guests")
    tasks = serializers.IntegerField(help_text="how many tasks it is about")
    permissions = serializers.ListField(
        child=serializers.CharField(), help_text="what somebody may do then, and not now"
    )


class ShareQuery(Strict):
    """If it were shared."""

    user = serializers.UUIDField(required=False, help_text="of a member or guest: if it were shared with them")
    grant = serializers.ChoiceField(choices=list(TASK_GRANTS), required=False, default="view_task", help_text="how far")


class WideningQuery(Strict):
    """If it were open, or shared."""

    private = serializers.BooleanField(required=False, help_text="if the project were private, or open")
    user = serializers.UUIDField(required=False, help_text="of a member or guest: if it were shared with them")
    grant = serializers.ChoiceField(choices=list(GRANTS), required=False, default="edit_project", help_text="how far")


class Access(Endpoint):
    """What the answers about access have in common."""

    def seers(self, request: Request, project: Project, task: Task | None = None) -> HttpResponse:
        page = paged(seeing(self.by, project, task).order_by(), BY_ID, self.asked(PageQuery))
        shown = [seer_row(one) for one in explained(self.by, project, task, page.rows)]
        return answer(page.shown(request._request, shown))

    def widening(self, said: dict[str, Any], project: Project, task: Task | None = None) -> HttpResponse:
        self.by.must("project.manage", task or project)
        person = find_member(self.by, said["user"]) if "user" in said else None
        found = widening(project, task, private=said.get("private"), person=person, grant=said["grant"])
        return answer(widening_row(found))


class ProjectAccess(Access):
    """Who can see a project."""

    @describes("list_project_access", SeerOut, query=PageQuery, page=True)
    def get(self, request: Request, workspace: str, key: str) -> HttpResponse:
        """Who can see the project, whole or in part, and why. Guests are told of themselves."""
        return self.seers(request, find_project(self.by, key))


class TaskAccess(Access):
    """Who can see a task."""

    @describes("list_task_access", SeerOut, query=PageQuery, page=True)
    def get(self, request: Request, workspace: str, ref: str) -> HttpResponse:
        """Who can see the task, and why. Guests are told of themselves."""
        task = find_task(self.by, ref)
        return self.seers(request, task.project, task)


class AttachmentAccess(Access, Detail):
    """Who can see an attachment."""

    @describes("list_attachment_access", SeerOut, query=PageQuery, page=True)
    def get(self, request: Request, workspace: str, ref: str, attachment: UUID) -> HttpResponse:
        """Who can see the attachment, and why: whoever sees its task."""
        task = self.find(Attachment, ref, attachment).task
        return self.seers(request, task.project, task)


class ProjectWidening(Access):
    """What a change of a project's access would widen."""

    @describes("read_project_widening", WideningOut, query=WideningQuery)
    def get(self, request: Request, workspace: str, key: str) -> HttpResponse:
        """Who would gain what if the project were open, or shared with somebody. Nothing is changed."""
        project = find_project(self.by, key)
        return self.widening(self.asked(WideningQuery), project)


class TaskWidening(Access):
    """What sharing a task would widen."""

    @describes("read_task_widening", WideningOut, query=ShareQuery)
    def get(self, request: Request, workspace: str, ref: str) -> HttpResponse:
        """Who would gain what if the task were shared with somebody. Nothing is changed."""
        task = find_task(self.by, ref)
        return self.widening(self.asked(ShareQuery), task.project, task)


def seer_row(one: Seer) -> dict[str, Any]:
    """As the API says it."""
    user = one.member.user
    return {
        "user": {"id": user.pk, "name": str(user)}, "role": one.member.role.name, "guest": one.guest, "program": user.is_program,
        "permissions": one.permissions, "paths": [{"kind": why.path.kind, "sentence": why.sentence} for why in one.reasons],
    }  # fmt: skip


def widening_row(found: Widening) -> dict[str, Any]:
    """As the API says it."""
    see, may = ([{"id": row.user_id, "name": str(row.user)} for row in rows[:200]] for rows in (found.see, found.may))
    return {
        "sentence": found.sentence, "see": see, "may": may, "people": len(found.see), "guests": found.guests, "tasks": found.tasks,
        "permissions": sorted(found.more),
    }  # fmt: skip
