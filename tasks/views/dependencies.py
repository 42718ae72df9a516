"""Which task waits for which, from a task's page."""

from uuid import UUID

from django.http import Http404, HttpResponse

from workspaces.door import MemberRequest
from workspaces.errors import Refused
from workspaces.pages import done, member_page, sent

from .. import actions
from ..models import Task
from ..reading.finding import find_task, find_tie
from .fields import named

WAYS = ("blocked_by", "blocks")


@member_page("POST")
def dependencies(request: MemberRequest, ref: str) -> HttpResponse:
    """Tie the task to another one that is named by its key: it waits for that, or that for it."""
    task, fields = find_task(request.by, ref), sent(request, *WAYS)
    way = next((one for one in WAYS if fields.get(one)), "")
    if not way or all(fields.get(one) for one in WAYS):
        raise Refused("Say which task it is blocked by, or which one it blocks.", WAYS[0])
    other = _named(request, fields[way].strip().upper(), way)
    blocked, blocking = (task, other) if way == "blocked_by" else (other, task)
    with named(blocking=way):
        actions.add_dependency(request.by, blocked, blocking=blocking)
    return _told(request, task, f"{blocked.ref} is blocked by {blocking.ref}")


def _named(request: MemberRequest, ref: str, field: str) -> Task:
    try:
        return find_task(request.by, ref)
    except Http404:
        raise Refused(f"There is no task {ref[:20]}, or it is not shared with you.", field) from None


@member_page("DELETE")
def dependency(request: MemberRequest, ref: str, dependency: UUID) -> HttpResponse:
    """Untie it."""
    task, _ = find_task(request.by, ref), sent(request)
    tie = find_tie(request.by, task, dependency)
    actions.remove_dependency(request.by, tie)
    return _told(request, task, f"{tie.blocked.ref} is no longer blocked by {tie.blocking.ref}")


def _told(request: MemberRequest, task: Task, sentence: str) -> HttpResponse:
    return done(request, key=task.ref, statusIds=[task.status_id], sentence=sentence)
