"""Searching the workspace: tasks by their words or name, projects by theirs."""

from typing import Any

from django.db.models import Q
from django.urls import reverse

from workspaces.actor import Actor

from ..models import Project, Task
from .filters import words
from .finding import REF

IN_PALETTE = 12
ON_PAGE = 50


def search_all(by: Actor, typed: str, *, most: int = IN_PALETTE) -> list[dict[str, Any]]:
    """What fits, the best first: the task of that name, projects, then the newest tasks."""
    if not typed:
        return []
    slug = by.workspace.slug
    projects = [_project(slug, row) for row in _projects(by, typed)[:5]]
    tasks = [_task(slug, row) for row in _tasks(by, typed, most)]
    exact = REF.fullmatch(typed.upper()) and any(one["ref"] == typed.upper() for one in tasks)
    return ([*tasks, *projects] if exact else [*projects, *tasks])[:most]


def _projects(by: Actor, typed: str) -> Any:
    named = Q(name__icontains=typed) | Q(key__iexact=typed)
    return Project.objects.visible_to(by).filter(named).order_by("archived_at", "name")


def _tasks(by: Actor, typed: str, most: int) -> Any:
    """Open tasks before archived ones, the latest touched first."""
    rows = Task.objects.visible_to(by).filter(words(typed))
    columns = ("number", "title", "archived_at", "project__key", "project__name", "status__name", "status__category")
    return rows.order_by("-updated_at").values(*columns)[:most]


def _project(slug: str, row: Project) -> dict[str, Any]:
    note = "Archived" if row.archived_at else "Project"
    return {
        "kind": "project",
        "url": reverse("board", args=[slug, row.key]),
        "title": row.name,
        "ref": row.key,
        "note": note,
    }


def _task(slug: str, row: dict[str, Any]) -> dict[str, Any]:
    ref = f"{row['project__key']}-{row['number']}"
    return {
        "kind": "task", "url": reverse("task", args=[slug, ref]), "title": row["title"], "ref": ref, "category": row["status__category"],
        "note": "Archived" if row["archived_at"] else row["status__name"], "project": row["project__name"],
    }  # fmt: skip
