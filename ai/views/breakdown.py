"""Work that is to be broken down: found with the actor's eyes, started, and followed on the page of the run."""

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect

from tasks.models import Project, Task
from tasks.reading.finding import find_project, find_task
from workspaces.door import MemberRequest
from workspaces.errors import Refused
from workspaces.pages import member_page, sent

from ..actions.breakdown import HOW, start_breakdown


@member_page("POST")
def break_task(request: MemberRequest, ref: str) -> HttpResponse:
    """A task becomes a proposal of subtasks."""
    return _started(request, find_task(request.by, ref), sent(request, "how"))


@member_page("POST")
def break_text(request: MemberRequest, key: str) -> HttpResponse:
    """A text that somebody pasted becomes a proposal of tasks."""
    return _started(request, find_project(request.by, key), sent(request, "how", "text"))


def _started(request: MemberRequest, subject: Task | Project, given: QueryDict) -> HttpResponse:
    how = given.get("how", HOW[0])
    if how not in HOW:
        raise Refused(f"The field how is one of {', '.join(HOW)}.", "how")
    pasted = given.get("text", "").replace("\r\n", "\n")
    run = start_breakdown(request.by, subject, pasted=pasted, lines=how == "lines")
    return redirect("ai_run", request.by.workspace.slug, run.pk)
