"""What stands out in a project: late, blocked and stale tasks, people and columns with too much. By rule, with the actor's eyes."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, F, OuterRef, Q, Sum, Window
from django.db.models.functions import Coalesce, JSONObject
from django.urls import reverse
from django.utils import timezone

from workspaces.actor import Actor

from ..models import Assignment, Dependency, Status, StatusTally, Task
from ..models.dependencies import standing
from .facts import Facts, meet, open_tasks

KINDS = {
    "late": "Late",
    "blocked": "Blocked",
    "stale": "Stale",
    "overloaded": "Overloaded",
}
RULES = {
    "late": "not done, and the due date has passed",
    "blocked": "not done, and waits for a task that is not done",
    "stale": "in progress, and untouched for a week",
    "overloaded": "more than 10 points in progress or due within two weeks (no estimate counts 1); a column over its limit",
}
STALE_DAYS, AHEAD_DAYS = 7, 14
CAPACITY = 10  # points of ten working days, one a day
MOST = 50  # rows of a kind


@dataclass(frozen=True)
class Fact:
    """One thing that stands out, in a sentence; `cite` names it: a task's key, `person:…` or `column:…`."""

    kind: str
    cite: str
    words: str
    url: str
    title: str
    note: str = ""  # what a row shows beside the title: "5 days late"
    status: dict[str, Any] | None = None
    people: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Load:
    """What somebody has at hand: in progress, or due within two weeks."""

    person: dict[str, Any]
    points: int
    tasks: int
    late: int


@dataclass(frozen=True)
class Insights:
    """The facts by kind, how many of each there are in all, and everybody's load, the most first."""

    facts: dict[str, list[Fact]]
    counts: dict[str, int]
    loads: list[Load]


def insights_of(by: Actor, facts: Facts) -> Insights:
    """What stands out now, in six queries however many tasks there are."""
    today = timezone.localdate()
    late, blocked, stale = _late(by, facts, today), _blocked(by, facts), _stale(by, facts)
    loads = _loads(by, facts, today)
    meet(facts, {key for row in [*late, *blocked, *stale] for key in row["people"]} | {row[0] for row in loads})
    people = [
        Load(*facts.faces([key]), points, tasks, over) for key, points, tasks, over in loads if facts.faces([key])
    ]
    busy = [_overloaded(by, facts, load) for load in people if load.points > CAPACITY]
    found = {
        "late": [_task(by, facts, "late", row, _days_late(row, today)) for row in late],
        "blocked": [_task(by, facts, "blocked", row, _waits(facts, row)) for row in blocked],
        "stale": [_task(by, facts, "stale", row, _untouched(row)) for row in stale],
        "overloaded": [*busy, *_full_columns(by, facts)],
    }
    counts = {kind: rows[0]["all"] if rows else 0 for kind, rows in zip(found, (late, blocked, stale), strict=False)}
    return Insights(found, counts | {"overloaded": len(found["overloaded"])}, people)


def _late(by: Actor, facts: Facts, today: date) -> list[dict[str, Any]]:
    return _rows(by, open_tasks(by, facts).filter(completed_at=None, due__lt=today), "due", "number")


def _stale(by: Actor, facts: Facts) -> list[dict[str, Any]]:
    started = [key for key, status in facts.statuses.items() if status["category"] == Status.Category.STARTED]
    before = timezone.now() - timedelta(days=STALE_DAYS)
    rows = open_tasks(by, facts).filter(completed_at=None, updated_at__lt=before, status__in=started)
    return _rows(by, rows, "updated_at", "number")


def _blocked(by: Actor, facts: Facts) -> list[dict[str, Any]]:
    """Those that hold up most come first: they are in the way of others, and somebody is in theirs."""
    ties = Dependency.objects.within(by.workspace).filter(blocked=OuterRef("pk"), **standing("blocking"))
    seen = Exists(Task.objects.visible_to(by).filter(pk=OuterRef("blocking")))
    named = ties.annotate(seen=seen).order_by("created_at", "pk").values(
        fact=JSONObject(
            seen="seen", key="blocking__project__key", number="blocking__number", title="blocking__title",
            since="created_at", status="blocking__status__name",
        )
    )  # fmt: skip
    behind = Dependency.objects.within(by.workspace).filter(blocking=OuterRef("pk"), **standing("blocked"))
    rows = open_tasks(by, facts).filter(Exists(ties), completed_at=None)
    return _rows(by, rows, "-behind", "-priority", "number", behind=_count(behind), waits=ArraySubquery(named))


def _count(rows: Any) -> Any:
    counted = rows.order_by().values("workspace").annotate(count=Count("pk")).values("count")
    return Coalesce(counted, 0)


def _rows(by: Actor, rows: Any, *order: str, **more: Any) -> list[dict[str, Any]]:
    """The first of them, with how many there are and who is on each."""
    people = Assignment.objects.filter(workspace=by.workspace, task=OuterRef("pk")).values("user_id")
    rows = rows.annotate(**more, people=ArraySubquery(people), all=Window(Count("*"))).order_by(*order)
    return list(rows.values("number", "title", "due", "status_id", "updated_at", "people", "all", *more)[:MOST])


def _loads(by: Actor, facts: Facts, today: date) -> list[tuple[UUID, int, int, int]]:
    """Person, points, tasks, late ones."""
    started = [key for key, status in facts.statuses.items() if status["category"] == Status.Category.STARTED]
    near = Q(task__status__in=started) | Q(task__due__lte=today + timedelta(days=AHEAD_DAYS))
    chosen = open_tasks(by, facts).filter(completed_at=None)
    rows = Assignment.objects.filter(near, workspace=by.workspace, task__in=chosen.values("pk"))
    rows = rows.order_by().values("user_id").annotate(
        points=Sum(Coalesce("task__estimate", 1)), tasks=Count("pk"), late=Count("pk", filter=Q(task__due__lt=today))
    )  # fmt: skip
    return list(rows.order_by("-points", "-tasks", "user_id").values_list("user_id", "points", "tasks", "late")[:MOST])


def _full_columns(by: Actor, facts: Facts) -> list[Fact]:
    """Columns over their limit; who sees a part of the project is not told what the rest of it holds."""
    if facts.part:
        return []
    tally = StatusTally.objects.within(by.workspace).filter(
        status__project=facts.project, open__gt=F("status__wip_limit")
    )
    rows = tally.filter(status__deleted_at=None).order_by("status__rank")
    return [
        _column(by, facts, *row) for row in rows.values_list("status_id", "status__name", "status__wip_limit", "open")
    ]


def _column(by: Actor, facts: Facts, key: UUID, name: str, limit: int, count: int) -> Fact:
    url = f"{reverse('list', args=[by.workspace.slug, facts.project.key])}?status={key}"
    words = f"The column {name} holds {_many(count, 'task')}, and its limit is {limit}."
    return Fact("overloaded", f"column:{name}", words, url, name, f"{count} of {limit}", facts.statuses.get(key))


def _overloaded(by: Actor, facts: Facts, load: Load) -> Fact:
    url = f"{reverse('list', args=[by.workspace.slug, facts.project.key])}?assignee={load.person['id']}"
    name, late = load.person["name"], f", {load.late} late" if load.late else ""
    words = f"{name} has {load.points} points at hand in {_many(load.tasks, 'task')}{late}; two weeks take {CAPACITY}."
    note = f"{load.points} points in {_many(load.tasks, 'task')}{late}"
    return Fact("overloaded", f"person:{name}", words, url, name, note, people=[load.person])


def _task(by: Actor, facts: Facts, kind: str, row: dict[str, Any], note: str) -> Fact:
    ref, status = f"{facts.project.key}-{row['number']}", facts.statuses.get(row["status_id"])
    people = facts.faces(row["people"])
    stands = [f"in {status['name']}"] if status else []
    stands.append(f"with {_listed(one['name'] for one in people)}" if people else "with nobody")
    words = f"{ref} “{row['title']}” {SAYS[kind]} {note}; it stands {' '.join(stands)}."
    url = reverse("task", args=[by.workspace.slug, ref])
    return Fact(kind, ref, words, url, row["title"], note, status, people)


SAYS = {"late": "is late:", "blocked": "is blocked:", "stale": "is stale:"}


def _days_late(row: dict[str, Any], today: date) -> str:
    return f"due {row['due']:%b} {row['due'].day}, {_many((today - row['due']).days, 'day')} ago"


def _untouched(row: dict[str, Any]) -> str:
    return f"untouched for {_many((timezone.now() - row['updated_at']).days, 'day')}"


def _waits(facts: Facts, row: dict[str, Any]) -> str:
    """What it waits for, as far as the actor may know."""
    named = [f"{one['key']}-{one['number']} ({one['status']})" for one in row["waits"] if one["seen"]]
    hidden = len(row["waits"]) - len(named)
    named += [f"{_many(hidden, 'task')} that you may not see"] if hidden else []
    return f"waits for {_listed(named)}"


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _listed(names: Iterable[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last
