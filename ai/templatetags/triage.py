"""The quiet line of suggestions on a new task's page."""

from datetime import timedelta
from typing import Any

from django import template
from django.template import Context
from django.utils import timezone

from tasks.reading.finding import find_task

from ..features.suggesting import suggested

register = template.Library()
NEW = timedelta(days=14)


@register.inclusion_tag("ai/_triage.html", takes_context=True)
def triage(context: Context) -> dict[str, Any]:
    """Suggestions for a task that is new, not done, and the reader's to change; read only then."""
    task, may, request = context.get("task"), context.get("may") or {}, context["request"]
    known = {"by": request.by, "frame": context.get("frame")}
    if not task or not may.get("edit") or task["archived"] or task["status"]["category"] == "done":
        return known
    if task["created_at"] < timezone.now() - NEW:
        return known
    return known | {"triage": suggested(request.by, find_task(request.by, task["ref"])), "ref": task["ref"]}
