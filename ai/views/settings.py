"""Settings › AI: what the workspace has chosen, one's own switch, and the connections with keys of one's own."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render

from workspaces.actor import Actor
from workspaces.door import MemberRequest
from workspaces.errors import Refused
from workspaces.pages import member_page, on_or_off, sent, whole
from workspaces.plans import plan_of
from workspaces.views.answers import finished

from ..access import offered
from ..actions.settings import choose_ai, put_away_warning, update_ai_settings
from ..reading.desk import desk_of, stands
from ..reading.months import Month
from .connections import connections_shown

SWITCHES = ("enabled", "guests", "keep_texts")


@member_page("GET", "POST")
def ai_settings(request: MemberRequest) -> HttpResponse:
    """To who manages the workspace all of it, to everybody else their own switch; what is posted is one part of it."""
    if not must_see(request.by):
        raise Http404
    if request.method == "POST":
        part = request.POST.get("part", "")
        if part not in PARTS:
            raise Refused(f"The part is one of {', '.join(PARTS)}.", "part")
        return PARTS[part](request)
    return render(request, "ai/settings.html", shown(request.by))


def must_see(by: Actor) -> bool:
    """Whether the page is there for somebody: nobody else reads a word of it."""
    return by.holds("workspace.manage") or offered(by)


def shown(by: Actor) -> dict[str, Any]:
    """What the page is drawn from."""
    desk, manages = desk_of(by), by.may("workspace.manage")
    return {
        "desk": desk, "held": desk.settings, "manages": manages, "plan": plan_of(by.workspace), "month": Month.now(),
        "next": Month.now().next.first, "stands": stands(by, desk.settings.own_tokens), **(connections_shown(by, desk.connections) if manages else {}),
    }  # fmt: skip


def _workspace(request: MemberRequest) -> HttpResponse:
    """The switches that were sent: one alone by its button, or all of a form."""
    fields = sent(request, "part", *SWITCHES, "keep_days", "own_tokens")
    said: dict[str, Any] = {name: on_or_off(fields, name) for name in SWITCHES if name in fields}
    said |= {name: whole(fields, name) for name in ("keep_days", "own_tokens") if name in fields}
    update_ai_settings(request.by, **said)
    return _saved(request, "")


def _mine(request: MemberRequest) -> HttpResponse:
    on = on_or_off(sent(request, "part", "on"), "on")
    choose_ai(request.by, on=on)
    return _saved(request, "The AI is on for you" if on else "The AI is off for you")


def _warning(request: MemberRequest) -> HttpResponse:
    sent(request, "part")
    put_away_warning(request.by)
    return _saved(request, "")


PARTS: dict[str, Callable[[MemberRequest], HttpResponse]] = {
    "workspace": _workspace,
    "mine": _mine,
    "warning": _warning,
}


def _saved(request: MemberRequest, sentence: str) -> HttpResponse:
    return finished(request, "ai_settings", request.by.workspace.slug, **({"sentence": sentence} if sentence else {}))
