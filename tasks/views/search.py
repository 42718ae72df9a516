"""Search: the page, and the palette's answer while one types."""

from django.http import HttpResponse
from django.shortcuts import render

from workspaces.door import MemberRequest
from workspaces.pages import asked_parts, member_page, with_head

from ..reading.filters import read_words
from ..reading.searching import IN_PALETTE, ON_PAGE, search_all


@member_page("GET")
def search(request: MemberRequest) -> HttpResponse:
    """Tasks and projects that fit."""
    palette = "palette" in asked_parts(request)
    typed = read_words(request.GET)
    results = search_all(request.by, typed, most=IN_PALETTE if palette else ON_PAGE)
    template = "components/palette_results.html" if palette else "tasks/search.html"
    return with_head(request, render(request, template, {"results": results, "q": typed}))
