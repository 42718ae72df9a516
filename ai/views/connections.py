"""The connections of a workspace to models, with keys of its own: added, changed, tried, put in order, removed."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from workspaces.actor import Actor
from workspaces.door import MemberRequest
from workspaces.errors import Refused
from workspaces.pages import done, member_page, sent, whole
from workspaces.views.answers import blame, finished

from ..actions import connections as verbs
from ..connections import from_environment
from ..forms import KIND_WORDS, ConnectionForm
from ..models import AIConnection
from ..probing import ask_probe, last_probe
from ..reading.desk import host_of
from ..reading.usage import purpose_words

FIELDS = ("name", "kind", "model", "base_url", "key", "purpose", "timeout")


@member_page("POST")
def connections(request: MemberRequest) -> HttpResponse:
    """POST adds one, and tries it."""
    by = request.by
    by.must("workspace.manage")
    sent(request, *FIELDS)
    form = form_of(request.POST)
    if form.is_valid():
        try:
            ask_probe(by, verbs.add_ai_connection(by, **form.cleaned_data))
        except Refused as no:
            _blame(form, no)
        else:
            return _again(request, status=200)
    return _again(request, new_form=form)


@member_page("GET", "POST", "DELETE")
def connection(request: MemberRequest, connection: UUID) -> HttpResponse:
    """GET is its form; POST changes it, and tries it; DELETE removes it."""
    by = request.by
    row = find(by, connection)
    if request.method == "DELETE":
        verbs.remove_ai_connection(by, row)
        return _again(request, status=200)
    if request.method == "GET":
        return render(request, "ai/_connection_form.html", {"row": row, "form": form_of(row=row)})
    sent(request, *FIELDS)
    form = form_of(request.POST, row=row)
    if form.is_valid():
        try:
            ask_probe(by, verbs.update_ai_connection(by, row, **form.cleaned_data))
        except Refused as no:
            _blame(form, no)
        else:
            return _again(request, status=200)
    return _again(request, changed=(row.pk, form))


@member_page("POST")
def place(request: MemberRequest, connection: UUID) -> HttpResponse:
    """Another place in the order: `to` counts from 0."""
    to = whole(sent(request, "to"), "to")
    if to is None:
        raise Refused("Say which place: 0 is the first.", "to")
    verbs.move_ai_connection(request.by, find(request.by, connection), to=to)
    return _again(request, status=200)


@member_page("GET", "POST")
def check(request: MemberRequest, connection: UUID) -> HttpResponse:
    """How the last try went; POST tries again, in a worker."""
    row = find(request.by, connection)
    if request.method == "POST":
        sent(request)
        ask_probe(request.by, row)
    return render(request, "ai/_probe.html", {"one": {"row": row, "probe": last_probe(row)}})


def find(by: Actor, pk: UUID) -> AIConnection:
    """One of the workspace's, to who manages it."""
    by.must("workspace.manage")
    return get_object_or_404(AIConnection.objects.within(by.workspace), pk=pk)  # type: ignore[no-any-return]


def form_of(data: Any = None, *, row: AIConnection | None = None) -> ConnectionForm:
    """The form of a new one, or of one that there is; the key is never filled in."""
    purposes = [(name, purpose_words(name)) for name in verbs.purposes()]
    initial = {name: getattr(row, name) for name in FIELDS if name != "key"} if row else None
    return ConnectionForm(data, initial=initial, purposes=purposes, auto_id=f"connection_{row.pk if row else 'new'}_%s")


def connections_shown(by: Actor, rows: list[AIConnection], **more: Any) -> dict[str, Any]:
    """What their part of the page is drawn from."""
    changed, form = more.pop("changed", (None, None))
    shown = [
        {
            "row": row, "place": place, "host": host_of(row), "kind": KIND_WORDS[row.kind], "purpose": purpose_words(row.purpose),
            "probe": last_probe(row), "first": place == 0, "last": place == len(rows) - 1, "form": form if row.pk == changed else None,
        }
        for place, row in enumerate(rows)
    ]  # fmt: skip
    servers = [{"model": one.model, "host": host_of(one)} for one in from_environment()]
    return {"connections": shown, "servers": servers, "new_form": form_of(), "full": len(rows) >= verbs.MOST, **more}


def _blame(form: ConnectionForm, no: Refused) -> None:
    if no.status != Refused.status:
        raise no
    blame(form, no)


def _again(request: MemberRequest, *, status: int = 422, **more: Any) -> HttpResponse:
    """Their part of the page; without htmx the whole page."""
    by = request.by
    if not request.headers.get("HX-Request") and status == 200:
        return finished(request, "ai_settings", by.workspace.slug)
    rows = list(AIConnection.objects.within(by.workspace).order_by("order", "name"))
    response = render(request, "ai/_connections.html", connections_shown(by, rows, **more), status=status)
    if status == 200:
        response["HX-Trigger"] = done(request)["HX-Trigger"]
    return response
