"""The pages of an import: choose the file, watch it run, see what came of it."""

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from workspaces.door import MemberRequest
from workspaces.pages import member_page

from ..actions.imports import start_import
from ..imports.fault import ImportFault
from ..imports.intake import look, run_seen_by, runs_seen_by, undone
from ..imports.progress import progress_of

SHOWN = 5


@member_page("GET", "POST")
def new(request: MemberRequest) -> HttpResponse:
    """The form, and what it sends."""
    request.by.must("import.run")
    return _take(request) if request.method == "POST" else _form(request)


def _take(request: MemberRequest) -> HttpResponse:
    file = request.FILES.get("file")
    if file is None:
        return _form(request, "Choose the file that Trello exported.")
    data, again = file.read(), bool(request.POST.get("again"))
    try:
        look(data)
    except ImportFault as fault:
        return _form(request, str(fault))
    run = start_import(request.by, data=data, file_name=file.name or "", again=again)
    return redirect("import", request.by.workspace.slug, run.pk)


def _form(request: MemberRequest, error: str = "") -> HttpResponse:
    context = {
        "error": error,
        "again": bool(request.POST.get("again")),
        "limit": settings.MAX_UPLOAD_BODY // 1024 // 1024,
        "runs": runs_seen_by(request.by)[:SHOWN],
    }
    return render(request, "imports/new.html", context, status=422 if error else 200)


@member_page("GET")
def show(request: MemberRequest, run: UUID) -> HttpResponse:
    """How far it is, or what came of it; the page asks for its one section again until then."""
    found = run_seen_by(request.by, run)
    taken_back = undone(found)
    context = {
        "run": found,
        "progress": progress_of(found),
        "undone": taken_back,
        "may_undo": bool(
            found.change_id and found.project and not taken_back and found.project.allows(request.by, "project.manage")
        ),
    }
    return render(request, "imports/_run.html" if _polls(request) else "imports/run.html", context)


def _polls(request: HttpRequest) -> bool:
    return request.headers.get("HX-Target") == "import"
