"""What projects and tasks show on a workspace's home page."""

from datetime import date, timedelta
from typing import Any

from django.db.models import BooleanField, Count, ExpressionWrapper, F, OuterRef, Subquery
from django.utils import timezone

from workspaces.actor import Actor

from .models import OPEN, Project, Status, StatusTally, Task
from .models.projects import whole

MOST = 30
SOON = 7  # days


def mine(by: Actor) -> dict[str, Any]:
    """My open tasks that are not done, by due date: overdue, today, this week, later, without a date."""
    rows = Task.objects.visible_to(by).filter(OPEN, project__archived_at=None, assignments__user=by.user)
    rows = rows.exclude(status__category=Status.Category.DONE).select_related("project", "status")
    tasks = list(rows.order_by(F("due").asc(nulls_last=True), "-priority", "-updated_at", "pk")[: MOST + 1])
    groups: dict[str, list[Task]] = {}
    for task in tasks[:MOST]:
        groups.setdefault(_when(task.due, timezone.localdate()), []).append(task)
    return {"groups": groups, "more": len(tasks) > MOST, "count": len(tasks)}


def _as_seen(by: Actor, columns: list[Any]) -> list[Any]:
    """The kept counts are of all cards: who sees some of a project's is told of these."""
    if all(column.all_theirs for column in columns):
        return columns
    theirs = Task.objects.shared_with(by).open().values_list("status_id").annotate(count=Count("pk"))
    counts = dict(theirs.order_by())
    for column in columns:
        column.open = column.open if column.all_theirs else counts.get(column.pk, 0)
    return columns


def _when(due: date | None, today: date) -> str:
    if due is None:
        return "No date"
    if due < today:
        return "Overdue"
    if due == today:
        return "Today"
    return "This week" if due <= today + timedelta(days=SOON) else "Later"


def projects(by: Actor) -> list[dict[str, Any]]:
    """For filters."""
    return list(Project.objects.visible_to(by).order_by("name", "key").values("id", "name", "key"))


def overview(by: Actor) -> dict[str, Any]:
    """Each project with how many open cards stand in its columns, from the kept counts; seen in part, how many of theirs."""
    seen = Project.objects.visible_to(by).filter(archived_at=None)
    tally = StatusTally.objects.filter(status=OuterRef("pk")).values("open")[:1]
    columns = Status.objects.filter(project__in=seen, deleted_at=None).select_related("project")
    all_theirs = ExpressionWrapper(whole(by, "project__"), BooleanField())
    columns = columns.annotate(open=Subquery(tally), all_theirs=all_theirs)
    rows = _as_seen(by, list(columns.order_by("project__name", "project__key", "rank")))
    found: dict[Any, dict[str, Any]] = {}
    for column in rows:
        entry = found.setdefault(column.project_id, {"project": column.project, "columns": [], "open": 0, "done": 0})
        count = column.open or 0
        entry["columns"].append({"name": column.name, "category": column.category, "count": count})
        entry["done" if column.category == Status.Category.DONE else "open"] += count
    for entry in found.values():
        total = entry["open"] + entry["done"]
        entry["percent"] = round(100 * entry["done"] / total) if total else 0
    return {"projects": list(found.values())}


def read_only(by: Actor) -> list[Project]:
    """The projects for which the plan has no room, the youngest first; private ones only to who sees them."""
    return list(Project.objects.visible_to(by).filter(read_only=True).order_by("-pk"))


def count_open(by: Actor) -> int:
    """How many projects all members see."""
    return int(Project.objects.within(by.workspace).filter(private=False, deleted_at=None, archived_at=None).count())
