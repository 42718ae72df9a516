"""Who can see a project, a task or an attachment, and why; and sharing a task."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render

from workspaces.door import MemberRequest
from workspaces.pages import asked_parts, done, member_page, one_id, sent, with_head

from .. import actions
from ..models import Attachment, Task
from ..reading.access_page import access_page
from ..reading.finding import find_project, find_task
from ..reading.settings import find_member
from .details import one_of


@member_page("GET")
def project_access(request: MemberRequest, key: str) -> HttpResponse:
    """Who can see the project."""
    return _shown(request, access_page(request.by, find_project(request.by, key)))


@member_page("GET")
def task_access(request: MemberRequest, ref: str) -> HttpResponse:
    """Who can see the task, or an attachment of it: `?attachment=` names that."""
    task = find_task(request.by, ref)
    return _shown(request, access_page(request.by, task.project, task, _attachment(request, task)))


def _attachment(request: MemberRequest, task: Task) -> Attachment | None:
    if not (asked := request.GET.get("attachment")):
        return None
    try:
        key = UUID(asked)
    except ValueError:
        raise Http404 from None
    return one_of(task, Attachment, key)  # type: ignore[no-any-return]


def _shown(request: MemberRequest, context: dict[str, Any]) -> HttpResponse:
    """The page, or what a dialog shows of it."""
    parts = asked_parts(request)
    part = "access" in parts and "main" not in parts
    return with_head(request, render(request, "tasks/_access.html" if part else "tasks/access.html", context))


@member_page("POST", "DELETE")
def task_people(request: MemberRequest, ref: str) -> HttpResponse:
    """Share the task with a person of the workspace, or stop it."""
    task = find_task(request.by, ref)
    if request.method == "DELETE":
        fields = sent(request, "user")
        actions.unshare_task(request.by, task, person=find_member(request.by, one_id(fields, "user")))
    else:
        fields = sent(request, "user", "grant")
        person = find_member(request.by, one_id(fields, "user"))
        actions.share_task(request.by, task, person=person, grant=fields.get("grant", "view_task"))
    return done(request, key=task.ref, statusIds=[task.status_id])
