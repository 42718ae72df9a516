"""The board: its columns with their counts, and the first cards of each."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, F, OuterRef, Subquery, Window
from django.db.models.functions import RowNumber
from django.urls import reverse

from workspaces.actor import Actor
from workspaces.compiled import compiled, stand_in
from workspaces.errors import Refused

from ..models import Project, Status, StatusTally, Task
from .cards import Card, draw_cards, prepare, read_cards, sight, with_details
from .facts import Facts, open_tasks
from .filters import Filters

PAGE = 50
MOST = 1000  # cards of one column drawn at once, for whoever has scrolled that far


@dataclass
class Column:
    """A column before it is drawn: what it is, which cards come first, how many pass a filter."""

    id: UUID
    name: str
    category: str
    wip_limit: int | None
    count: int
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
    limit = max([PAGE, *(-(-min(size, MOST) // PAGE) * PAGE for size in sizes.values())]) + 1
    if facts.part:
        return _part(by, facts, filters, only, limit)
    wanted = list(facts.statuses if only is None else only)
    rows = _columns(by.workspace.pk, facts.project.pk, wanted, limit=0 if filters.active else limit)
    columns = [Column(*row[:4], count=row[4] or 0, ids=row[5] if len(row) > 5 else []) for row in rows]
    if filters.active:
        found = _matches(by, facts, filters, only, limit)
        for column in columns:
            column.ids, column.shown = found.get(column.id, ([], 0))
    return columns


def _part(by: Actor, facts: Facts, filters: Filters, only: set[UUID] | None, limit: int) -> list[Column]:
    """Columns with the tasks that are shared with the actor, counted as they see them; limits are of what they do not see."""
    all_of = shared_columns(by, facts.project, 1 if filters.active else limit)
    found = _matches(by, facts, filters, only, limit) if filters.active else all_of
    columns = []
    for key, status in facts.statuses.items():
        ids, shown = found.get(key, ([], 0))
        column = Column(key, status["name"], status["category"], None, all_of.get(key, ([], 0))[1], ids)
        column.shown = shown if filters.active else None
        columns.append(column)
    return [column for column in columns if only is None or column.id in only]


@compiled
def _columns(workspace: UUID, project: UUID, wanted: list[UUID], *, limit: int) -> Any:
    """Each column with its kept count and its first cards, by the board's own index."""
    tally = StatusTally.objects.filter(workspace=workspace, status=OuterRef("pk")).values("open")
    cards = _open(workspace, project).filter(status=OuterRef("pk")).order_by("rank").values("pk")
    rows = Status.objects.within(workspace).filter(project=project, deleted_at=None, pk__any=wanted).order_by("rank")
    first = [ArraySubquery(cards[:limit])] if limit else []
    return rows.values_list("id", "name", "category", "wip_limit", Subquery(tally), *first)


def _open(workspace: UUID, project: UUID) -> Any:
    return Task.objects.within(workspace).filter(project=project).open()


def shared_columns(by: Actor, project: Project, limit: int) -> dict[UUID, tuple[list[UUID], int]]:
    """Of the tasks that are shared with the actor one by one the first of each column, and how many there are."""
    return _grouped(_shared(by.workspace.pk, by.user.pk, project.pk, limit=limit))


@compiled
def _shared(workspace: UUID, user: UUID, project: UUID, *, limit: int) -> Any:
    rows = Task.objects.shared_with(stand_in(workspace, user, 0)).filter(project=project).open()
    return _first_of_each(rows, limit)


def _matches(
    by: Actor, facts: Facts, filters: Filters, only: set[UUID] | None, limit: int
) -> dict[UUID, tuple[list[UUID], int]]:
    """The first cards of each column that pass the filter, and how many do: one pass over what passes."""
    rows = filters.apply(by, open_tasks(by, facts))
    return _grouped(_first_of_each(rows.filter(status__in=only) if only is not None else rows, limit))


def _first_of_each(rows: Any, limit: int) -> Any:
    rows = rows.annotate(
        place=Window(RowNumber(), partition_by="status_id", order_by="rank"),
        all=Window(Count("*"), partition_by="status_id"),
    ).filter(place__lte=limit)
    return rows.order_by("status_id", "rank").values_list("status_id", "pk", "all")


def _grouped(rows: Iterable[tuple[UUID, UUID, int]]) -> dict[UUID, tuple[list[UUID], int]]:
    found: dict[UUID, tuple[list[UUID], int]] = {}
    for status_id, key, count, *_ in rows:
        found.setdefault(status_id, ([], count))[0].append(key)
    return found


def board_columns(
    by: Actor, facts: Facts, filters: Filters, sizes: dict[UUID, int] | None = None, only: set[UUID] | None = None
) -> list[dict[str, Any]]:
    """The columns as templates/tasks/_column.html draws them. Two queries, three with a filter, for any number of cards."""
    sizes = sizes or {}
    columns = read_columns(by, facts, filters, sizes, only)
    more = [column.take(min(max(PAGE, sizes.get(column.id, 0)), MOST)) for column in columns]
    fill(by, facts, columns)
    return [_drawn(by, facts, filters, *pair) for pair in zip(columns, more, strict=True)]


def fill(by: Actor, facts: Facts, columns: list[Column], *, dated: bool = False) -> None:
    """Read the cards of all columns at once."""
    ids = [key for column in columns for key in column.ids]
    seen = sight(by, facts)
    rows = _cards(by.workspace.pk, by.user.pk, facts.project.pk, ids, sight=seen) if ids else []
    cards = {card.id: card for card in prepare(by, facts, rows, dated=dated)}
    for column in columns:
        column.cards = [cards[key] for key in column.ids if key in cards]


@compiled
def _cards(workspace: UUID, user: UUID, project: UUID, ids: list[UUID], *, sight: str) -> Any:
    return with_details(workspace, user, _open(workspace, project).filter(pk__any=ids), sight)


def _drawn(by: Actor, facts: Facts, filters: Filters, column: Column, more: bool) -> dict[str, Any]:
    order = list(facts.statuses)
    return {
        "id": column.id, "name": column.name, "category": column.category, "wip_limit": column.wip_limit, "count": column.count,
        "shown": column.shown, "over": column.wip_limit is not None and column.count > column.wip_limit,
        "first": column.id == order[0], "last": column.id == order[-1], "cards_html": draw_cards(column.cards),
        "more_url": more_url(by, facts, filters, column.id, column.cards) if more and column.cards else "",
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
        filters.apply(by, open_tasks(by, facts)).filter(status=status_id, rank__gt=rank).order_by(F("rank"))[: PAGE + 1]
    )
    cards = read_cards(by, facts, rows)
    return cards[:PAGE], len(cards) > PAGE
