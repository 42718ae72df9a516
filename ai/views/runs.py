"""The page of a background run: how far it is, and what came of it."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render

from workspaces.door import MemberRequest
from workspaces.pages import member_page, sent

from ..actions.runs import cancel_run, repeat_run
from ..runs import KINDS, run_of, run_seen_by


@member_page("GET", "POST", "DELETE")
def show(request: MemberRequest, ai_run: UUID) -> HttpResponse:
    """The page asks for its one section again until it is over, and then goes on to what came of it; DELETE stops it, POST
    does it anew.
    """
    if request.method == "POST":
        sent(request)
        again = repeat_run(request.by, run_of(request.by, ai_run))
        return redirect("ai_run", request.by.workspace.slug, again.pk)
    run = run_seen_by(request.by, ai_run)
    if request.method == "DELETE":
        cancel_run(request.by, run)
        run = run_seen_by(request.by, ai_run)
    part = request.headers.get("HX-Target") == "ai-run"
    title = KINDS[run.kind].title if run.kind in KINDS else "Background work"
    answer = render(request, "ai/_run.html" if part else "ai/run.html", {"run": run, "title": title})
    if part and run.state == run.State.DONE and run.result.get("page"):
        answer["HX-Redirect"] = run.result["page"]
    return answer
