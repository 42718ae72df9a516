"""The board: its columns with their counts, and the first cards of each."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, F, OuterRef, Subquery, Window
from django.db.models.functions import RowNumber
from django.urls import reverse

from workspaces.actor import Actor
from workspaces.errors import Refused

from ..models import Status, StatusTally
from .cards import Card, draw_cards, read_cards
from .facts import Facts, open_tasks, rights
from .filters import Filters

PAGE = 50
MOST = 1000  # cards of one column drawn at once, for whoever has scrolled that far


@dataclass
class Column:
    """A column before it is drawn: what it is, which cards come first, whether there are more."""

    status: Status
    first: bool
    last: bool
    ids: list[UUID]
    shown: int | None = None
    cards: list[Card] = field(default_factory=list)

    def take(self, size: int) -> bool:
        """Keep the first `size` cards; whether there are more."""
        more = len(self.ids) > size
        self.ids = self.ids[:size]
        return more


def read_columns(
    by: Actor, facts: Facts, filters: Filters, sizes: dict[UUID, int], only: set[UUID] | None = None
) -> list[Column]:
    """The columns and the ids of their first cards: `sizes` for those that show more than a page, `only` some columns."""
    limit = max([PAGE, *(min(size, MOST) for size in sizes.values())]) + 1
    rows = list(_statuses(by, facts, only, None if filters.active else limit))
    found = _matches(by, facts, filters, only, limit) if filters.active else {}
    order = list(facts.statuses)
    return [
        Column(row, first=row.pk == order[0], last=row.pk == order[-1], ids=found.get(row.pk, ([], 0))[0] if filters.active else row.ids,
               shown=found.get(row.pk, ([], 0))[1] if filters.active else None)
        for row in rows
    ]  # fmt: skip


def _statuses(by: Actor, facts: Facts, only: set[UUID] | None, limit: int | None) -> Any:
    """Each column with its kept count and its first cards, by the board's own index."""
    tally = StatusTally.objects.filter(workspace=by.workspace, status=OuterRef("pk")).values("open")
    rows = Status.objects.within(by.workspace).filter(project=facts.project, deleted_at=None).order_by("rank")
    rows = rows.annotate(count=Subquery(tally))
    if limit is not None:
        cards = open_tasks(facts.project).filter(status=OuterRef("pk")).order_by("rank").values("pk")
        rows = rows.annotate(ids=ArraySubquery(cards[:limit]))
    return rows.filter(pk__in=only) if only is not None else rows


def _matches(
    by: Actor, facts: Facts, filters: Filters, only: set[UUID] | None, limit: int
) -> dict[UUID, tuple[list[UUID], int]]:
    """The first cards of each column that pass the filter, and how many do: one pass over what passes."""
    rows = filters.apply(by, open_tasks(facts.project))
    rows = rows.filter(status__in=only) if only is not None else rows
    rows = rows.annotate(
        place=Window(RowNumber(), partition_by="status_id", order_by="rank"),
        all=Window(Count("*"), partition_by="status_id"),
    ).filter(place__lte=limit)
    found: dict[UUID, tuple[list[UUID], int]] = {}
    for status_id, key, count in rows.order_by("status_id", "rank").values_list("status_id", "pk", "all"):
        found.setdefault(status_id, ([], count))[0].append(key)
    return found


def board_columns(
    by: Actor, facts: Facts, filters: Filters, sizes: dict[UUID, int] | None = None, only: set[UUID] | None = None
) -> list[dict[str, Any]]:
    """The columns as templates/tasks/_column.html draws them. Two queries, three with a filter, for any number of cards."""
    sizes = sizes or {}
    columns = read_columns(by, facts, filters, sizes, only)
    more = [column.take(min(max(PAGE, sizes.get(column.status.pk, 0)), MOST)) for column in columns]
    fill(by, facts, columns)
    return [_drawn(by, facts, filters, *pair) for pair in zip(columns, more, strict=True)]


def fill(by: Actor, facts: Facts, columns: list[Column], *, dated: bool = False) -> None:
    """Read the cards of all columns at once."""
    ids = [key for column in columns for key in column.ids]
    rows = open_tasks(facts.project).filter(pk__in=ids)
    cards = {
        card.id: card for card in read_cards(by, facts, rows, movable=rights(by, facts.project)["edit"], dated=dated)
    }
    for column in columns:
        column.cards = [cards[key] for key in column.ids if key in cards]


def _drawn(by: Actor, facts: Facts, filters: Filters, column: Column, more: bool) -> dict[str, Any]:
    status, count = column.status, column.status.count or 0
    return {
        "id": status.pk, "name": status.name, "category": status.category, "wip_limit": status.wip_limit, "count": count,
        "shown": column.shown, "over": status.wip_limit is not None and count > status.wip_limit, "first": column.first,
        "last": column.last, "cards_html": draw_cards(column.cards),
        "more_url": more_url(by, facts, filters, status.pk, column.cards) if more and column.cards else "",
    }  # fmt: skip


def more_url(by: Actor, facts: Facts, filters: Filters, status_id: UUID, cards: list[Card]) -> str:
    """Where the cards below these are."""
    query = "&".join(filter(None, [urlencode({"cursor": cards[-1].rank}), filters.query]))
    return f"{reverse('cards', args=[by.workspace.slug, facts.project.key, status_id])}?{query}"


def cards_below(by: Actor, facts: Facts, filters: Filters, status_id: UUID, rank: str) -> tuple[list[Card], bool]:
    """The next page of a column, and whether there are more."""
    if not (rank.isascii() and rank.isalnum() and len(rank) <= 80):
        raise Refused("That is not a place in a column.", "cursor")
    rows = (
        filters.apply(by, open_tasks(facts.project))
        .filter(status=status_id, rank__gt=rank)
        .order_by(F("rank"))[: PAGE + 1]
    )
    cards = read_cards(by, facts, rows, movable=rights(by, facts.project)["edit"])
    return cards[:PAGE], len(cards) > PAGE
