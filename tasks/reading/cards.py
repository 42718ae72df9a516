"""Cards as they are drawn: all that a card shows, as strings, in one query for a whole board."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef
from django.template import engines
from django.urls import reverse
from django.utils import timezone

from accounts.times import ago
from workspaces.actor import Actor
from workspaces.permissions import MEMBER

from ..models import Assignment, Dependency, Task, TaskGrant, TaskLabel
from ..models.dependencies import standing
from .facts import Facts, meet, rights

COLUMNS = (
    "pk", "status_id", "rank", "number", "title", "version", "priority", "due", "estimate", "comment_count", "checklist_count",
    "checklist_done", "updated_at",
)  # fmt: skip


@dataclass(slots=True, eq=False)
class Card:
    """What jinja2/card.html and rows.html draw; two that show the same are equal, so that neither is drawn twice."""

    id: UUID
    status: dict[str, Any]
    rank: str
    number: int
    ref: str
    url: str
    title: str
    version: int
    movable: bool
    priority: int
    labels: list[dict[str, Any]]
    assignees: list[dict[str, Any]]
    due: str
    due_on: date | None
    overdue: bool
    estimate: int | None
    comments: int
    checklist: str
    subtasks: str
    blocked: int
    updated_at: datetime
    updated: str = ""
    shown: tuple[Any, ...] = ()

    def __post_init__(self) -> None:
        """All that can be seen of it."""
        self.shown = (
            self.url, self.title, self.version, self.movable, self.priority, self.due, self.overdue, self.estimate, self.comments,
            self.checklist, self.subtasks, self.blocked, self.updated, *self.status.values(), *[tuple(one.values()) for one in self.labels],
            *[tuple(one.values()) for one in self.assignees],
        )  # fmt: skip

    def __hash__(self) -> int:
        return hash(self.shown)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Card) and self.shown == other.shown


def read_cards(by: Actor, facts: Facts, rows: Any, *, dated: bool = False) -> list[Card]:
    """The cards of these tasks, in the order of `rows`, and everybody who stands on them; a list also says how old they are."""
    rows = in_order(by.workspace.pk, by.user.pk, rows, sight(by, facts))
    return prepare(by, facts, list(rows), dated=dated)


def in_order(workspace: UUID, user: UUID, rows: Any, sight: str) -> Any:
    """`with_details` of tasks that are chosen by their order: where no index gives it, by narrow rows, before the rest is read."""
    if sight == "part":
        chosen = Task.objects.within(workspace).filter(pk__any=ArraySubquery(rows.values("pk")))
        rows = chosen.order_by(*rows.query.order_by)
    return with_details(workspace, user, rows, sight)


def sight(by: Actor, facts: Facts) -> str:
    """How the actor sees the cards: "whole"; each with rights of its own; or "part", without what stands below them unseen."""
    if facts.part:
        return "part"
    return "each" if by.level < MEMBER and not facts.project.allows(by, "task.edit") else "whole"


def with_details(workspace: UUID, user: UUID, rows: Any, sight: str) -> Any:
    """Of each task the row that a card is made of; seen otherwise than whole, it ends with whether the person works on it."""
    labels = TaskLabel.objects.filter(workspace=workspace, task=OuterRef("pk")).values("label_id")
    people = Assignment.objects.filter(workspace=workspace, task=OuterRef("pk")).values("user_id")
    below = Task.objects.within(workspace).filter(parent=OuterRef("pk"), deleted_at=None)
    grants = TaskGrant.objects.filter(workspace=workspace, user=user, content_object=OuterRef("pk"))
    if sight == "part":
        below = below.filter(Exists(grants))
    edits = [] if sight == "whole" else [Exists(grants.filter(permission__codename="edit_task"))]
    done = below.values("completed_at")
    waits = Dependency.objects.filter(workspace=workspace, blocked=OuterRef("pk"), **standing("blocking")).values("pk")
    subs = [ArraySubquery(one) for one in (labels, people, done, waits)]
    return rows.values_list(*COLUMNS, *subs, *edits)


def prepare(by: Actor, facts: Facts, found: list[tuple[Any, ...]], *, dated: bool = False) -> list[Card]:
    """Cards of such rows."""
    meet(facts, {user_id for row in found for user_id in row[14]})
    pattern, today = reverse("task", args=[by.workspace.slug, "REF"]), timezone.localdate()
    edits = rights(by, facts.project)["edit"]
    closed = bool(facts.project.archived_at) or by.waits("task.edit", facts.project)
    return [
        _card(facts, row, pattern, today, edits or (len(row) > 17 and row[17] and not closed), dated) for row in found
    ]


def _card(facts: Facts, row: tuple[Any, ...], pattern: str, today: date, movable: bool, dated: bool) -> Card:
    status = facts.statuses.get(row[1]) or {"id": row[1], "name": "", "category": "started"}
    ref, due, labels, below = f"{facts.project.key}-{row[3]}", row[7], row[13], row[15]
    return Card(
        id=row[0], status=status, rank=row[2], number=row[3], ref=ref, url=pattern.replace("REF", ref), title=row[4], version=row[5],
        movable=movable, priority=row[6], due=day(due, today) if due else "", due_on=due,
        overdue=due is not None and due < today and status["category"] != "done", estimate=row[8], comments=row[9],
        checklist=f"{row[11]}/{row[10]}" if row[10] else "", updated_at=row[12],
        labels=[fact for key, fact in facts.labels.items() if key in labels] if labels else [],
        assignees=facts.faces(row[14]) if row[14] else [], subtasks=f"{sum(map(bool, below))}/{len(below)}" if below else "",
        updated=ago(row[12]) if dated else "", blocked=len(row[16]) if status["category"] != "done" else 0,
    )  # fmt: skip


def day(value: date, today: date) -> str:
    """A due date as people say it."""
    near = {-1: "Yesterday", 0: "Today", 1: "Tomorrow"}.get((value - today).days)
    return near or f"{value:%b} {value.day}" + ("" if value.year == today.year else f", {value.year}")


def draw_cards(cards: Collection[Card]) -> str:
    """The cards of a column."""
    return "".join(map(_drawn_card, cards))


def draw_rows(cards: Iterable[Card]) -> str:
    """The rows of a list."""
    return "".join(map(_drawn_row, cards))


@lru_cache(maxsize=4096)  # some 10 MB: the boards that people of this process look at, drawn once
def _drawn_card(card: Card) -> str:
    return _draw("cards.html", cards=[card])


@lru_cache(maxsize=1024)
def _drawn_row(card: Card) -> str:
    return _draw("rows.html", rows=[card])


def _draw(template: str, **context: Any) -> str:
    return str(engines["jinja2"].get_template(template).render(context))
