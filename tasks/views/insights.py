"""What stands out in a project."""

from django.http import HttpResponse
from django.shortcuts import render

from workspaces.door import MemberRequest
from workspaces.pages import asked_parts, member_page, with_head

from ..reading.facts import facts_of, rights
from ..reading.insights import insights_of
from ..reading.insights_page import insights_page, weeks_of


@member_page("GET")
def insights(request: MemberRequest, key: str) -> HttpResponse:
    """What is late, blocked, stale or too much, and how the last weeks went."""
    by, facts = request.by, facts_of(request.by, key)
    context = insights_page(insights_of(by, facts), weeks_of(by, facts)) | {
        "project": facts.project, "may": rights(by, facts.project), "view": "insights", "statuses": list(facts.statuses.values()),
    }  # fmt: skip
    parts = asked_parts(request)
    part = "insights" in parts and not parts.keys() & {"main", "sidebar"}
    return with_head(request, render(request, "tasks/_insights.html" if part else "tasks/insights.html", context))
