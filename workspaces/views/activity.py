"""What happened, newest first, from the record alone."""

from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from ..errors import Refused
from ..faces import face
from ..feed import rows_for
from ..history import entries
from ..horizon import horizon_of
from ..pages import member_page
from ..panels import people_known, projects_of

# what people call a kind → the nouns of its events
KINDS = {
    "tasks": ("task", "checklist", "link"),
    "comments": ("comment",),
    "projects": ("project", "status", "label"),
    "people": ("member", "invitation", "token", "workspace"),
}


@member_page("GET")
def activity(request: HttpRequest) -> HttpResponse:
    """Filtered by person, project and kind; older pages are added at the foot."""
    by, asked = request.by, request.GET
    projects = projects_of(by)
    people = people_known(by).order_by("user__name")
    chosen = {
        "person": _id(asked, "person"),
        "project": _id(asked, "project"),
        "kind": asked.get("kind", "") if asked.get("kind") in KINDS else "",
    }
    horizon, rows = horizon_of(by), _filtered(rows_for(by), chosen)
    page, older = entries(by, horizon.cut(rows) if horizon else rows, before=_seq(asked))
    context: dict[str, Any] = {
        "entries": page, "older": _older(asked, older, page), "last_day": asked.get("day", ""), "chosen": chosen,
        "people": [face(row.user) for row in people], "projects": projects, "kinds": KINDS,
        "filtered": any(chosen.values()), "first": "before" not in asked, "horizon": horizon,
        "may_export": by.may("audit.read"), "may_pay": by.may("billing.manage"),
    }  # fmt: skip
    return render(request, "workspaces/activity.html", context)


def _filtered(rows: Any, chosen: dict[str, Any]) -> Any:
    if chosen["person"]:
        rows = rows.filter(actor_id=chosen["person"])
    if chosen["project"]:
        rows = rows.filter(project_id=chosen["project"])
    if chosen["kind"]:
        nouns = [Q(event__startswith=f"{noun}:") for noun in KINDS[chosen["kind"]]]
        rows = rows.filter(Q(*nouns, _connector=Q.OR))
    return rows


def _older(asked: QueryDict, before: int | None, page: list[Any]) -> str:
    if before is None:
        return ""
    query = asked.copy()
    query["before"], query["day"] = str(before), page[-1].day.isoformat()
    return query.urlencode()


def _id(asked: QueryDict, name: str) -> UUID | None:
    try:
        return UUID(asked[name]) if asked.get(name) else None
    except ValueError as error:
        raise Refused(f"The filter {name} must be an id.", name) from error


def _seq(asked: QueryDict) -> int | None:
    value = asked.get("before", "")
    if value and not (value.isascii() and value.isdecimal() and len(value) < 19):
        raise Refused("The page to go on from must be a number.", "before")
    return int(value) if value else None
