"""Proposals and what becomes of them: the list, the page on which somebody decides, and undo."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render

from ..actions import apply_change, discard_change, undo_change
from ..door import MemberRequest
from ..feed import rows_for
from ..models import ActivityLog, ChangeSet
from ..pages import done, member_page, sent
from ..panels import change_panels
from ..review import listed, page_of
from ..reviewing import find_proposal
from .answers import finished


@member_page("GET")
def changes(request: MemberRequest) -> HttpResponse:
    """The proposals that wait, and those that were decided."""
    return render(request, "workspaces/changes.html", listed(request.by))


@member_page("GET")
def review(request: MemberRequest, change: UUID) -> HttpResponse:
    """A proposal, line by line."""
    found = find_proposal(request.by, change)
    panels = change_panels(request.by, found)
    return render(request, "workspaces/change.html", page_of(request.by, found) | {"panels": panels})


@member_page("POST")
def apply(request: MemberRequest, change: UUID) -> HttpResponse:
    """Apply the lines that were ticked."""
    chosen = sent(request, "line").getlist("line")
    found = find_proposal(request.by, change)
    apply_change(request.by, found, accepted=chosen)
    return finished(request, "change", request.by.workspace.slug, change)


@member_page("POST")
def discard(request: MemberRequest, change: UUID) -> HttpResponse:
    """Put it away."""
    sent(request)
    discard_change(request.by, find_proposal(request.by, change))
    return finished(request, "change", request.by.workspace.slug, change)


@member_page("POST")
def undo(request: MemberRequest, change: UUID) -> HttpResponse:
    """Take back an act, of which the person must see all."""
    by, _ = request.by, sent(request)
    found = get_object_or_404(ChangeSet.objects.within(by.workspace), pk=change)
    rows = ActivityLog.objects.within(by.workspace).filter(change=found)
    if rows_for(by).filter(change=found).count() < max(rows.count(), 1):
        raise Http404
    undone = undo_change(by, found)
    words = f"Undone: {found.title}"
    if undone.stale:
        words = f"Undone in part. {undone.stale[0]}"
    return done(request, sentence=words[:300])
