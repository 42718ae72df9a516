"""Questions about a project, on its Insights: asked, waited for, answered in one piece of the page."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render

from tasks.reading.finding import find_project
from workspaces.door import MemberRequest
from workspaces.pages import member_page, on_or_off, sent

from ..actions.analysis import start_analysis
from ..runs import run_seen_by


@member_page("POST")
def ask(request: MemberRequest, key: str) -> HttpResponse:
    """The piece of page that waits for the answer; without scripts, the page of the run."""
    project, fields = find_project(request.by, key), sent(request, "question", "again")
    again = on_or_off(fields, "again", "0")
    run = start_analysis(request.by, project, question=fields.get("question", ""), again=again)
    if not request.headers.get("HX-Request"):
        return redirect("ai_run", request.by.workspace.slug, run.pk)
    return render(request, "ai/_analysis.html", {"run": run, "key": key})


@member_page("GET")
def analysis(request: MemberRequest, ai_run: UUID) -> HttpResponse:
    """How far the answer is, or the answer."""
    run = run_seen_by(request.by, ai_run)
    return render(request, "ai/_analysis.html", {"run": run, "key": run.inputs.get("project", "")})
