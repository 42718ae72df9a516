"""What a body names, found in the task's own project: columns and labels by id or name, people by id, e-mail or "me"."""

from typing import Any

from django.db.models import Q

from accounts.models import User
from workspaces.actor import Actor
from workspaces.errors import Refused
from workspaces.rules import as_uuid

from ..models import Label, Project, Status, Task
from ..people import people_for
from ..reading.finding import REF, labels_of, tasks_of


def status_named(project: Project, said: str, field: str = "status") -> Status:
    """A column of the board."""
    known = as_uuid(said)
    rows = project.statuses.filter(deleted_at=None).order_by("rank")
    status = rows.filter(pk=known).first() if known else rows.filter(name__iexact=said).first()
    if status is None:
        raise Refused(f"There is no column {said[:60]} in {project.key}.", field)
    status.project = project
    return status  # type: ignore[no-any-return]


def labels_named(by: Actor, project: Project, said: list[str], field: str = "labels") -> list[Label]:
    """Labels of the project that the actor may know of."""
    if not said:
        return []
    ids = {known for one in said if (known := as_uuid(one))}
    found = list(labels_of(by, project).filter(Q(pk__in=ids) | Q(name__in=said)))
    names = {label.name for label in found} | {str(label.pk) for label in found}
    if missing := [one for one in said if one not in names and one.lower() not in names]:
        raise Refused(f"There is no label {missing[0][:60]} in {project.key}.", field)
    for label in found:
        label.project = project
    return found


def people_named(
    by: Actor, project: Project, said: list[str], field: str = "assignees", task: Task | None = None
) -> list[User]:
    """People who can see the project, or this task of it, and of whom the actor may know."""
    if not said:
        return []
    said = [str(by.user.pk) if one == "me" else one.lower() for one in said]
    ids = {known for one in said if (known := as_uuid(one))}
    found = [row.user for row in people_for(by, project, task).filter(Q(user_id__in=ids) | Q(user__email__in=said))]
    names = {user.email.lower() for user in found} | {str(user.pk) for user in found}
    if missing := [one for one in said if one not in names]:
        raise Refused(f"{missing[0][:100]} cannot see this project: share it with them first.", field)
    return found


def task_named(by: Actor, project: Project, said: str | None, field: str) -> Task | None:
    """Another card of the same board that the actor sees, by FLOW-42; null is none."""
    if said is None:
        return None
    named = REF.fullmatch(said)
    rows = tasks_of(by, project).filter(number=int(named[2])) if named and named[1] == project.key else None
    task = rows.select_related("status").first() if rows is not None else None
    if task is None:
        raise Refused(f"There is no task {said[:20]} in {project.key}.", field)
    task.project = project
    return task  # type: ignore[no-any-return]


def fields_named(by: Actor, project: Project, said: dict[str, Any], task: Task | None = None) -> dict[str, Any]:
    """A body's fields as the actions take them."""
    fields = dict(said)
    if "assignees" in fields:
        fields["assignees"] = people_named(by, project, fields["assignees"], task=task)
    if "labels" in fields:
        fields["labels"] = labels_named(by, project, fields["labels"])
    if "parent" in fields:
        fields["parent"] = task_named(by, project, fields["parent"], "parent")
    return fields
