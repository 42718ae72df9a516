"""The filter row: what can be filtered by, what is, and the addresses that take it away."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, QueryDict

from workspaces.actor import Actor

from .facts import Facts
from .filters import Filters, with_priority_names

GONE = {"name": "no longer here"}


def filter_row(request: HttpRequest, by: Actor, facts: Facts, filters: Filters) -> dict[str, Any]:
    """As templates/tasks/_filters.html draws it."""
    on = filters.assignees | ({by.user.pk} if filters.me else set())
    return {
        "q": filters.q, "active": filters.active, "query_string": f"?{filters.query}" if filters.query else "",
        "me": filters.me, "nobody": filters.nobody, "chips": list(_chips(request, facts, filters)),
        "assignees": [one | {"on": one["id"] in on} for one in facts.people.values()],
        "labels": [one | {"on": one["id"] in filters.labels} for one in facts.labels.values()],
        "priorities": [one | {"on": one["value"] in filters.priorities} for one in with_priority_names()],
        "clear_url": _address(request, dict.fromkeys(("q", "assignee", "label", "priority", "status"))),
    }  # fmt: skip


def _chips(request: HttpRequest, facts: Facts, filters: Filters) -> Iterator[dict[str, Any]]:
    for label, kind, icon, value in _named(facts, filters):
        yield {"label": label, "kind": kind, "icon": icon, "remove_url": _address(request, {kind: value})}


def _named(facts: Facts, filters: Filters) -> Iterator[tuple[str, str, str, str]]:
    """(words, kind, icon, value in the address) of each filter."""
    if filters.q:
        yield f"“{filters.q}”", "q", "search", filters.params["q"]
    if filters.me:
        yield "Mine", "assignee", "user", "me"
    if filters.nobody:
        yield "Nobody's", "assignee", "circle-user", "none"
    for key in filters.assignees:
        yield facts.people.get(key, GONE)["name"], "assignee", "user", str(key)
    for key in filters.labels:
        yield facts.labels.get(key, GONE)["name"], "label", "tag", str(key)
    for one in with_priority_names():
        if one["value"] in filters.priorities:
            yield one["name"], "priority", f"priority-{one['value']}", str(one["value"])
    for key in filters.statuses:
        status = facts.statuses.get(key, GONE)
        yield status["name"], "status", f"status-{status.get('category', 'backlog')}", str(key)


def _address(request: HttpRequest, gone: dict[str, str | None]) -> str:
    """This page without these filters; None takes all of a kind away."""
    params: QueryDict = request.GET.copy()
    params.pop("cursor", None)
    for name, value in gone.items():
        left = [one for one in params.getlist(name) if value is not None and one.lower() != value.lower()]
        params.setlist(name, left) if left else params.pop(name, None)
    return f"{request.path}?{params.urlencode()}" if params else request.path
