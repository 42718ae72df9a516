"""The list: tasks by column in the board's order, or all in one sorted by a field, page by page from a cursor."""

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import F, Q
from django.http import HttpRequest

from workspaces.actor import Actor
from workspaces.compiled import compiled, stand_in
from workspaces.errors import Refused

from ..models import Task
from .board import PAGE, fill, read_columns
from .cards import Card, draw_rows, in_order, prepare, read_cards, sight
from .facts import Facts, open_tasks
from .filters import Filters


@dataclass(frozen=True)
class Order:
    """A way to sort: its column, and whether equal ones follow their numbers upwards, as the index has them."""

    field: str
    descending: bool
    ties_up: bool

    @property
    def terms(self) -> list[str]:
        first = f"{'-' if self.descending else ''}{self.field}"
        return [first] if self.field == "number" else [first, "number" if self.ties_up else "-number"]


# one for each index of Task that begins with the project; either direction is the same index read the other way
COLUMNS = {"key": "number", "title": "title", "priority": "priority", "due": "due", "updated": "updated_at"}
UPWARDS = {"number": True, "title": True, "priority": False, "due": True, "updated_at": False}
HEADERS = (
    ("priority", "Priority"), ("key", "Key"), ("rank", "Status"), ("title", "Title"), ("", "Labels"), ("due", "Due"),
    ("", "Assignees"), ("updated", "Updated"),
)  # fmt: skip


@dataclass(frozen=True)
class Sort:
    """What the address asks for; `rank` is the board's own order, by column."""

    name: str = "rank"
    descending: bool = False

    @property
    def grouped(self) -> bool:
        return self.name == "rank"

    @property
    def order(self) -> Order:
        field = COLUMNS[self.name]
        return Order(field, self.descending, UPWARDS[field] != self.descending)


def read_sort(params: Any) -> Sort:
    """`ordering` and `group`: without a group the newest come first."""
    asked = params.get("ordering", "")
    if params.get("group", "status") not in ("status", "none", ""):
        raise Refused("The list is grouped by status or none.", "group")
    if not asked:
        return Sort("key", True) if params.get("group") == "none" else Sort()
    name = asked.removeprefix("-")
    if name not in COLUMNS and name != "rank":
        raise Refused(f"The list is ordered by rank, {', '.join(COLUMNS)}.", "ordering")
    return Sort(name, asked.startswith("-") and name != "rank")


def headers(request: HttpRequest, sort: Sort) -> list[dict[str, str]]:
    """The heads of the columns: each a link that sorts by it, and turns it round when it does already."""
    return [_header(request, sort, name, words) for name, words in HEADERS]


def _header(request: HttpRequest, sort: Sort, name: str, words: str) -> dict[str, str]:
    if not name:
        return {"field": "", "name": words, "url": "", "state": ""}
    here = sort.name == name
    down = not sort.descending if here else name in ("priority", "updated", "key")
    params = request.GET.copy()
    for old in ("cursor", "ordering", "group"):
        params.pop(old, None)
    if name != "rank":
        params["ordering"] = f"{'-' if down else ''}{name}"
    state = "" if not here or name == "rank" else "descending" if sort.descending else "ascending"
    return {
        "field": name,
        "name": words,
        "url": f"{request.path}?{params.urlencode()}" if params else request.path,
        "state": state,
    }


def groups(request: HttpRequest, by: Actor, facts: Facts, filters: Filters, sort: Sort) -> list[dict[str, Any]]:
    """The list's groups with their first rows; one without a name where the list is sorted."""
    return _by_status(request, by, facts, filters) if sort.grouped else _sorted(request, by, facts, filters, sort)


def _by_status(request: HttpRequest, by: Actor, facts: Facts, filters: Filters) -> list[dict[str, Any]]:
    columns = read_columns(by, facts, filters, {}, set(filters.statuses) or None)
    more = [column.take(PAGE) for column in columns]
    fill(by, facts, columns, dated=True)
    return [
        {
            "status": facts.statuses[column.id], "count": column.count if column.shown is None else column.shown,
            "rows_html": draw_rows(column.cards),
            "more_url": _more(request, [str(column.id), column.cards[-1].rank]) if rest and column.cards else "",
        }
        for column, rest in zip(columns, more, strict=True)
        if column.cards
    ]  # fmt: skip


def _sorted(request: HttpRequest, by: Actor, facts: Facts, filters: Filters, sort: Sort) -> list[dict[str, Any]]:
    rows, url = page_of(request, by, facts, filters, sort)
    return [{"status": None, "count": len(rows), "rows_html": draw_rows(rows), "more_url": url}] if rows else []


def page_of(request: HttpRequest, by: Actor, facts: Facts, filters: Filters, sort: Sort) -> tuple[list[Card], str]:
    """One page of rows from the cursor of the address, and the address of the next."""
    after = _cursor(request.GET.get("cursor", ""))
    if not (after or filters.active or sort.grouped):
        here = by.workspace.pk, by.user.pk, facts.project.pk
        cards = prepare(by, facts, _first(*here, order=sort.order, sight=sight(by, facts)), dated=True)
    else:
        rows = filters.apply(by, open_tasks(by, facts))
        found = _in_column(rows, after) if sort.grouped else _in_order(rows, sort.order, after)
        cards = read_cards(by, facts, found[: PAGE + 1], dated=True)
    if len(cards) <= PAGE:
        return cards, ""
    return cards[:PAGE], _more(request, _place(cards[PAGE - 1], sort))


@compiled
def _first(workspace: UUID, user: UUID, project: UUID, *, order: Order, sight: str) -> Any:
    """What most people look at: the beginning of the whole list."""
    rows = Task.objects.shared_with(stand_in(workspace, user, 0)) if sight == "part" else Task.objects.within(workspace)
    found = _in_order(rows.filter(project=project).open(), order, None)
    return in_order(workspace, user, found[: PAGE + 1], sight)


def _place(card: Card, sort: Sort) -> list[Any]:
    """Where a row stands, for a cursor."""
    if sort.grouped:
        return [str(card.status["id"]), card.rank]
    value = {
        "key": card.number,
        "title": card.title,
        "priority": card.priority,
        "due": card.due_on,
        "updated": card.updated_at,
    }[sort.name]
    return [value.isoformat() if isinstance(value, date) else value, card.number]


def _more(request: HttpRequest, place: list[Any]) -> str:
    cursor = base64.urlsafe_b64encode(json.dumps(place).encode()).decode()
    params = request.GET.copy()
    params.pop("cursor", None)
    return f"{request.path}?{'&'.join(filter(None, [urlencode({'cursor': cursor}), params.urlencode()]))}"


def _cursor(given: str) -> list[Any] | None:
    if not given:
        return None
    try:
        place = json.loads(base64.urlsafe_b64decode(given[:4000]))
    except (ValueError, binascii.Error, RecursionError) as error:
        raise _lost() from error
    if not isinstance(place, list) or len(place) != 2:
        raise _lost()
    return place


def _lost() -> Refused:
    return Refused("That is not a place in this list.", "cursor")


def _in_column(rows: Any, after: list[Any] | None) -> Any:
    """Below a card of a column."""
    if after is None:
        raise _lost()
    try:
        return rows.filter(status=UUID(after[0]), rank__gt=str(after[1]).replace("\x00", "")).order_by("rank")
    except (ValueError, AttributeError, TypeError) as error:
        raise _lost() from error


def _in_order(rows: Any, order: Order, after: list[Any] | None) -> Any:
    """In the order of an index; due dates first where they are sorted by, then the tasks without one."""
    if after is not None:
        rows = _beyond(rows, order, *after)
    if order.field != "due":
        return rows.order_by(*order.terms)
    first = F("due").desc(nulls_last=True) if order.descending else F("due").asc(nulls_last=True)
    return rows.order_by(first, order.terms[1])


def _beyond(rows: Any, order: Order, value: Any, number: Any) -> Any:
    """What follows a place: a range of the index, and within equal values by number."""
    if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number < 2**31:
        raise _lost()
    side, tie = ("lt" if order.descending else "gt"), ("gt" if order.ties_up else "lt")
    if order.field == "number":
        return rows.filter(**{f"number__{side}": number})
    value = _typed(order.field, value)
    if value is None:
        return rows.filter(**{order.field: None, f"number__{tie}": number})
    beyond = Q(**{f"{order.field}__{side}": value}) | Q(**{order.field: value, f"number__{tie}": number})
    if order.field == "due":
        return rows.filter(beyond | Q(due=None))
    return rows.filter(**{f"{order.field}__{side}e": value}).filter(beyond)


def _typed(field: str, value: Any) -> Any:
    """The value of a cursor as its column's type."""
    try:
        if field == "due":
            return None if value is None else date.fromisoformat(value)
        if field == "updated_at":
            return _aware(datetime.fromisoformat(value))
    except (ValueError, TypeError) as error:
        raise _lost() from error
    if field == "priority" and value in (0, 1, 2, 3, 4) and not isinstance(value, bool):
        return value
    if field == "title" and isinstance(value, str):
        return value.replace("\x00", "")
    raise _lost()


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise _lost()
    return moment
