"""Undo."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404

from ..actions import undo_change
from ..door import MemberRequest
from ..feed import rows_for
from ..models import ActivityLog, ChangeSet
from ..pages import done, member_page, sent


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
