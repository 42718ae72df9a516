"""What the record tells of a task under all the addresses that it has had."""

from typing import Any
from uuid import UUID

from django.db.models import Q
from django.db.models.functions import JSONObject

from workspaces.actor import Actor

from ..models import FormerAddress, Project, Task


def former_addresses(by: Actor, task: Any) -> Any:
    """As facts; `task` may be an OuterRef, for a query that reads them beside the task as `former`."""
    rows = FormerAddress.objects.filter(workspace=by.workspace, task=task)
    return rows.values(fact=JSONObject(key="project__key", project="project_id", number="number"))


def rows_about(by: Actor, task: Task) -> Q:
    """The rows about a task where it stands, and where it stood before: those of projects that the actor sees whole."""
    found = Q(subject_key=task.ref, project_id=task.project_id)
    former = getattr(task, "former", None)
    if former is None:
        former = former_addresses(by, task).values_list("fact", flat=True)
    facts = {UUID(str(one["project"])): f"{one['key']}-{one['number']}" for one in former}
    seen = Project.objects.whole_to(by).filter(pk__in=facts).values_list("pk", flat=True) if facts else ()
    for project in seen:
        found |= Q(subject_key=facts[project], project_id=project)
    return found
