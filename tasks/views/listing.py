"""The list of a project's tasks."""

from django.http import HttpResponse
from django.shortcuts import render

from workspaces.door import MemberRequest
from workspaces.pages import asked_parts, member_page, with_head

from ..reading.cards import draw_rows
from ..reading.chips import filter_row
from ..reading.facts import facts_of, rights
from ..reading.filters import read_filters
from ..reading.listing import groups, headers, page_of, read_sort


@member_page("GET")
def listing(request: MemberRequest, key: str) -> HttpResponse:
    """The list; with a cursor the rows that follow."""
    by, facts = request.by, facts_of(request.by, key)
    filters, sort = read_filters(request.GET), read_sort(request.GET)
    if "cursor" in request.GET:
        rows, more_url = page_of(request, by, facts, filters, sort)
        return with_head(
            request, render(request, "tasks/_rows.html", {"rows_html": draw_rows(rows), "more_url": more_url})
        )
    context = {
        "project": facts.project, "may": rights(by, facts.project), "view": "list", "statuses": list(facts.statuses.values()),
        "sort": {"field": sort.name, "desc": sort.descending}, "headers": headers(request, sort),
        "groups": groups(request, by, facts, filters, sort), "filters": filter_row(request, by, facts, filters),
    }  # fmt: skip
    parts = asked_parts(request)
    part = "list" in parts and not parts.keys() & {"main", "sidebar"}
    return with_head(request, render(request, "tasks/_list.html" if part else "tasks/list.html", context))
