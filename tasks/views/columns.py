"""The columns of a board."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse, QueryDict

from workspaces.door import MemberRequest
from workspaces.pages import done, member_page, one_id, sent, whole

from .. import actions
from ..models import Status
from ..reading.finding import find_project, find_status


@member_page("POST")
def columns(request: MemberRequest, key: str) -> HttpResponse:
    """Add a column at the right end."""
    project, fields = find_project(request.by, key), sent(request, "name", "category", "wip_limit")
    actions.add_status(request.by, project, **{"name": ""} | _plain(fields))
    return done(request)


@member_page("POST", "DELETE")
def column(request: MemberRequest, key: str, status: UUID) -> HttpResponse:
    """Rename, limit, move or remove a column."""
    found = find_status(find_project(request.by, key), status)
    return _remove(request, found) if request.method == "DELETE" else _change(request, found)


def _remove(request: MemberRequest, status: Status) -> HttpResponse:
    fields = sent(request, "into")
    into = find_status(status.project, one_id(fields, "into"), "into") if fields.get("into") else None
    actions.remove_status(request.by, status, into=into)
    return done(request)


def _change(request: MemberRequest, status: Status) -> HttpResponse:
    fields = sent(request, "name", "category", "wip_limit", "after")
    if given := _plain(fields):
        actions.update_status(request.by, status, **given)
    if "after" in fields:
        after = find_status(status.project, one_id(fields, "after"), "after") if fields["after"] else None
        actions.move_status(request.by, status, after=after)
    return done(request)


def _plain(fields: QueryDict) -> dict[str, Any]:
    given: dict[str, Any] = {name: fields[name] for name in ("name", "category") if name in fields}
    return given | ({"wip_limit": whole(fields, "wip_limit")} if "wip_limit" in fields else {})
