"""A workspace's home: what needs me, what happened since I was here, how the projects stand."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from ..feed import rows_for
from ..history import Entry, entries
from ..models import Membership
from ..pages import member_page
from ..panels import home_panels

VISIT = 30 * 60  # seconds away that make the next look a new visit
SHOWN = 12


@member_page("GET")
def home(request: HttpRequest) -> HttpResponse:
    """Panels of the apps above, and the news."""
    since = _last_visit(request)
    by = request.by
    news = _news(request, since)
    context = {
        "panels": home_panels(by), "entries": news, "since": since, "greeting": _greeting(),
        "alone": not Membership.objects.within(by.workspace).exclude(user=by.user).exists(),
    }  # fmt: skip
    return render(request, "workspaces/home.html", context)


def _last_visit(request: HttpRequest) -> dict[str, Any] | None:
    """Where the stream stood when I was last here; kept in the session, moved on when I come back after a while."""
    kept = request.session.get("visits", {})
    visit = kept.get(str(request.by.workspace.pk), {})
    now = timezone.now().timestamp()
    here = {"at": now, "head": request.frame["head"], "before": visit.get("before")}
    if visit and now - visit["at"] > VISIT:
        here["before"] = {"at": visit["at"], "head": visit["head"]}
    if not visit or now - visit["at"] > 60:
        request.session["visits"] = kept | {str(request.by.workspace.pk): here}
    return here["before"]


def _news(request: HttpRequest, since: dict[str, Any] | None) -> list[Entry]:
    """What others did since then; on a first visit simply the latest."""
    rows = rows_for(request.by)
    if since:
        rows = rows.filter(seq__gt=since["head"]).exclude(actor=request.by.user)
    return entries(request.by, rows, size=SHOWN)[0]


def _greeting() -> str:
    hour = timezone.localtime().hour
    return "Good morning" if 4 <= hour < 12 else "Good afternoon" if 12 <= hour < 18 else "Good evening"
