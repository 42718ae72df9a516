"""Rescheduling a project: the form with its rules as chips, and the run that it starts."""

from django.http import HttpResponse
from django.shortcuts import redirect, render

from tasks.models import Project
from tasks.reading.finding import find_project
from workspaces.door import MemberRequest
from workspaces.errors import Refused
from workspaces.pages import member_page, sent

from ..actions.rescheduling import may_plan, start_reading, start_reschedule
from ..models import AIRun
from ..rescheduling.form import form_page, run_of, said_in, sent_names, wishes_at_first
from ..rescheduling.panel import outcome
from ..rescheduling.wishes import Json


@member_page("GET", "POST")
def reschedule(request: MemberRequest, key: str) -> HttpResponse:
    """The form; what it sends starts a run, whose page leads on to the proposal."""
    project = find_project(request.by, key)
    may_plan(request.by, project)
    if request.method == "GET":
        run = run_of(request.by, project, request.GET.get("run", "")[:40])
        return _form(request, project, wishes_at_first(request.by, project, run), run=run)
    fields = sent(request, "words", *sent_names(request.POST))
    said = said_in(fields)
    try:
        run = start_reschedule(request.by, project, wishes=said)
    except Refused as no:
        return _form(request, project, said, no, words=fields.get("words", ""))
    return redirect("ai_run", request.by.workspace.slug, run.pk)


@member_page("POST")
def words(request: MemberRequest, key: str) -> HttpResponse:
    """The same form, whose words a model reads first; they come back as chips."""
    project = find_project(request.by, key)
    may_plan(request.by, project)
    fields = sent(request, "words", *sent_names(request.POST))
    text = fields.get("words", "").replace("\r\n", "\n")
    said = said_in(fields)
    try:
        run = start_reading(request.by, project, wishes=said, words=text)
    except Refused as no:
        return _form(request, project, said, no, words=text)
    return redirect("ai_run", request.by.workspace.slug, run.pk)


def _form(
    request: MemberRequest,
    project: Project,
    said: Json,
    no: Refused | None = None,
    *,
    words: str = "",
    run: AIRun | None = None,
) -> HttpResponse:
    read = run.result if run else {}
    context = form_page(request.by, project, said, no) | {
        "words": words, "unread": read.get("unread", []), "receipt": read.get("receipt"), "outcome": outcome(request.by, run),
        "view": "reschedule",
    }  # fmt: skip
    return render(request, "ai/reschedule.html", context, status=no.status if no else 200)
