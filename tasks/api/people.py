"""…/people/ of a project and of a task: with whom it is shared beyond what their role shows them."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.request import Request

from accounts.models import User
from workspaces.permissions import MEMBER
from workspaces.rest.cursor import Key, PageQuery, uuid
from workspaces.rest.fields import Choice, Id, Strict
from workspaces.rest.schema import describes
from workspaces.rest.view import Endpoint, answer, nothing

from ..actions import share_project, share_task, unshare_project, unshare_task
from ..models import GRANTS, TASK_GRANTS, Project, Task
from ..reading.finding import find_project, find_task
from ..reading.settings import find_member

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


class TaskGrantOut(GrantOut):
    """What somebody may do with the task by a grant."""

    grant = serializers.ChoiceField(choices=list(TASK_GRANTS))


class TaskGrantIn(Strict):
    """With whom to share it, and how far."""

    user = Id(help_text="of a guest, or of a member who does not see the private project")
    grant = Choice(choices=list(TASK_GRANTS), default="view_task")


class Shared(Endpoint):
    """The grants on a project or a task; a guest is told of their own."""

    def grants(self, subject: Project | Task) -> Any:
        rows = subject.grants.filter(workspace=self.by.workspace, content_object=subject)
        rows = rows if self.by.level >= MEMBER else rows.filter(user=self.by.user)
        return rows.select_related("user", "permission")

    def share(self, subject: Project | Task, verb: Any, said: dict[str, Any]) -> HttpResponse:
        person = find_member(self.by, said["user"])
        verb(self.by, subject, person=person, grant=said["grant"])
        return answer({"id": person.pk, "name": str(person), "grant": said["grant"]}, 201)

    def unshare(self, subject: Project | Task, verb: Any, user: UUID) -> HttpResponse:
        person: User = get_object_or_404(self.grants(subject), user=user).user
        verb(self.by, subject, person=person)
        return nothing()


class People(Shared):
    """With whom a project is shared."""

    @describes("list_project_people", GrantOut, query=PageQuery, page=True)
    def get(self, request: Request, workspace: str, key: str) -> HttpResponse:
        """The grants on the project; a guest is told of their own."""
        return self.page(self.grants(find_project(self.by, key)), BY_ID, _row)

    @describes("share_project", GrantOut, status=201, body=GrantIn)
    def post(self, request: Request, workspace: str, key: str) -> HttpResponse:
        """Share it with a member or guest."""
        return self.share(find_project(self.by, key), share_project, self.given(GrantIn))


class OnePerson(Shared):
    """Somebody with whom a project is shared."""

    @describes("unshare_project", status=204)
    def delete(self, request: Request, workspace: str, key: str, user: UUID) -> HttpResponse:
        """Stop sharing it with them."""
        return self.unshare(find_project(self.by, key), unshare_project, user)


class TaskPeople(Shared):
    """With whom a task is shared."""

    @describes("list_task_people", TaskGrantOut, query=PageQuery, page=True)
    def get(self, request: Request, workspace: str, ref: str) -> HttpResponse:
        """The grants on the task; a guest is told of their own."""
        return self.page(self.grants(find_task(self.by, ref)), BY_ID, _row)

    @describes("share_task", TaskGrantOut, status=201, body=TaskGrantIn)
    def post(self, request: Request, workspace: str, ref: str) -> HttpResponse:
        """Share the task alone: with a guest, or with a member who does not see its private project."""
        return self.share(find_task(self.by, ref), share_task, self.given(TaskGrantIn))


class OneTaskPerson(Shared):
    """Somebody with whom a task is shared."""

    @describes("unshare_task", status=204)
    def delete(self, request: Request, workspace: str, ref: str, user: UUID) -> HttpResponse:
        """Stop sharing it with them."""
        return self.unshare(find_task(self.by, ref), unshare_task, user)


def _row(grant: Any) -> dict[str, Any]:
    return {"id": grant.user.pk, "name": str(grant.user), "grant": grant.permission.codename}
