"""The board and its columns of cards."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from workspaces.door import MemberRequest
from workspaces.pages import asked_parts, member_page, with_head

from ..reading.board import board_columns, cards_below, more_url
from ..reading.cards import draw_cards
from ..reading.chips import filter_row
from ..reading.facts import Facts, facts_of, rights
from ..reading.filters import Filters, read_filters

COLUMN = "column-"


@member_page("GET")
def board(request: MemberRequest, key: str) -> HttpResponse:
    """The board, or the pieces of it that are asked for."""
    facts, filters = facts_of(request.by, key), read_filters(_shared(request))
    parts = asked_parts(request)
    if parts and "board" not in parts and parts.keys() - {"main", "sidebar"}:
        return with_head(request, _columns(request, facts, filters, _sizes(parts)))
    context = board_context(request, facts, filters, _sizes(parts))
    template = "tasks/_board.html" if "board" in parts else "tasks/board.html"
    return with_head(request, render(request, template, context))


def _shared(request: MemberRequest) -> Any:
    """The board has no filter by status: its columns are that."""
    params = request.GET.copy()
    params.pop("status", None)
    return params


def _sizes(parts: dict[str, int]) -> dict[UUID, int]:
    """The columns among the pieces, with how many cards each shows."""
    sizes = {}
    for name, count in parts.items():
        try:
            sizes[UUID(name.removeprefix(COLUMN))] = count
        except ValueError:
            continue
    return sizes


def board_context(request: MemberRequest, facts: Facts, filters: Filters, sizes: dict[UUID, int]) -> dict[str, Any]:
    """What tasks/board.html draws."""
    columns = board_columns(request.by, facts, filters, sizes)
    return {
        "project": facts.project, "columns": columns, "may": rights(request.by, facts.project), "view": "board",
        "filters": filter_row(request, request.by, facts, filters),
    }  # fmt: skip


def _columns(request: MemberRequest, facts: Facts, filters: Filters, sizes: dict[UUID, int]) -> HttpResponse:
    """Some columns, one after another."""
    shared = {"project": facts.project, "may": rights(request.by, facts.project), "filters": {"active": filters.active}}
    columns = board_columns(request.by, facts, filters, sizes, only=set(sizes)) if sizes else []
    drawn = [render_to_string("tasks/_column.html", shared | {"column": column}, request) for column in columns]
    return HttpResponse("".join(drawn))


@member_page("GET")
def cards(request: MemberRequest, key: str, status: UUID) -> HttpResponse:
    """The next cards of a column."""
    by, facts, filters = request.by, facts_of(request.by, key), read_filters(_shared(request))
    if status not in facts.statuses:
        raise Http404
    below, more = cards_below(by, facts, filters, status, request.GET.get("cursor", ""))
    url = more_url(by, facts, filters, status, below) if more else ""
    return with_head(request, render(request, "tasks/_cards.html", {"cards_html": draw_cards(below), "more_url": url}))
