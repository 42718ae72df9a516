"""What a task waits for and what waits for it, as somebody sees it: a hidden task is counted and never named."""

from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import JSONObject
from django.urls import reverse

from workspaces.actor import Actor

from ..models import Dependency, Task

SIDES = {"waits_for": "blocking", "holds_up": "blocked"}
FIELDS = ("number", "title", "project__key", "status__name", "status__category", "completed_at", "archived_at")


def ties(by: Actor, task: Any) -> Any:
    """The facts of a task's ties to tasks that are there; `task` is an id, or OuterRef of one."""
    seen = {f"sees_{end}": Exists(Task.objects.visible_to(by).filter(pk=OuterRef(end))) for end in SIDES.values()}
    there = {f"{end}__{part}": None for end in SIDES.values() for part in ("deleted_at", "project__deleted_at")}
    rows = Dependency.objects.within(by.workspace).filter(Q(blocked=task) | Q(blocking=task), **there).annotate(**seen)
    names = [*seen, "id", "blocked_id", *(f"{end}__{name}" for end in SIDES.values() for name in FIELDS)]
    return rows.order_by("created_at", "pk").values_list(JSONObject(**{name: name for name in names}), flat=True)


def dependencies_of(by: Actor, task: Task, facts: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Both sides, each with a row for what is hidden too: `ref` is empty there."""
    there: dict[str, list[dict[str, Any]]] = {side: [] for side in SIDES}
    for fact in facts:
        side = "waits_for" if fact["blocked_id"] == str(task.pk) else "holds_up"
        there[side].append(_shown(by, fact, SIDES[side]))
    return there


def _shown(by: Actor, fact: dict[str, Any], end: str) -> dict[str, Any]:
    if not fact[f"sees_{end}"]:
        return {"id": fact["id"], "ref": ""}
    number, title, key, status, category, completed, archived = (fact[f"{end}__{name}"] for name in FIELDS)
    ref = f"{key}-{number}"
    return {
        "id": fact["id"], "ref": ref, "title": title, "status": status, "category": category,
        "done": bool(completed or archived), "url": reverse("task", args=[by.workspace.slug, ref]),
    }  # fmt: skip


def dependencies_shown(by: Actor, task: Task, facts: list[dict[str, Any]]) -> dict[str, Any]:
    """For templates/tasks/_dependencies.html: named rows apart from the number of hidden ones."""
    sides = dependencies_of(by, task, facts)
    named = {side: [one for one in rows if one["ref"]] for side, rows in sides.items()}
    return named | {f"{side}_hidden": len(rows) - len(named[side]) for side, rows in sides.items()}
