"""The fields of a task: what each may hold, how it is set, and how the record keeps it."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from accounts.models import User
from workspaces.errors import Refused
from workspaces.rules import line, text

from ..models import Assignment, Label, Task, TaskLabel
from ..people import check_assignable
from .board import same_project


def priority(value: Any) -> int:
    """0 (none) to 4 (urgent)."""
    if isinstance(value, bool) or not isinstance(value, int) or value not in Task.Priority.values:
        raise Refused("Priority is a number from 0 (none) to 4 (urgent).", "priority")
    return value


def estimate(value: Any) -> int | None:
    """Points, 0 to 1,000, or none."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 1000:
        raise Refused("The estimate is a whole number of points from 0 to 1,000.", "estimate")
    return value


def due(value: Any) -> date | None:
    """A date, or none."""
    if value is not None and (not isinstance(value, date) or isinstance(value, datetime)):
        raise Refused("The due date is a date such as 2026-12-31.", "due")
    return value


CLEAN = {
    "title": lambda value: line(value, "title", longest=300),
    "description": lambda value: text(value, "description", longest=100_000),
    "priority": priority,
    "estimate": estimate,
    "due": due,
}


def there(task: Task, name: str) -> list[Any]:
    """Who and which labels are on the task."""
    if name == "labels":
        return [row.label for row in task.task_labels.select_related("label__project")]
    return [row.user for row in task.assignments.select_related("user")]


def by_id(rows: Sequence[Any]) -> dict[str, Any]:
    """As facts name them."""
    return {str(row.pk): row for row in rows}


def fact(value: Any) -> Any:
    """A field as the record keeps it."""
    if isinstance(value, Task):
        return str(value.pk)
    return str(value) if isinstance(value, date) else value


def set_field(task: Task, name: str, value: Any) -> tuple[Any, Any]:
    """Sets one field; returns what the record keeps of before and after."""
    if name == "assignees":
        return _set_assignees(task, value)
    if name == "labels":
        return _set_labels(task, value)
    if name == "parent":
        return _set_parent(task, value)
    was = getattr(task, name)
    setattr(task, name, CLEAN[name](value))
    return fact(was), fact(getattr(task, name))


def _set_parent(task: Task, parent: Task | None) -> tuple[Any, Any]:
    was = task.parent_id
    same_project(task.project, [parent], "parent")
    if parent is not None and (parent.pk == task.pk or parent.parent_id == task.pk):
        raise Refused("A task cannot stand below itself.", "parent")
    task.parent = parent
    return was and str(was), parent and str(parent.pk)


def _set_assignees(task: Task, users: Sequence[User]) -> tuple[Any, Any]:
    was = {row.user_id: person_fact(row.user) for row in task.assignments.select_related("user")}
    now = {user.pk: person_fact(user) for user in users}
    check_assignable(task.project, [user for user in users if user.pk not in was], task)
    task.assignments.filter(user_id__in=was.keys() - now.keys()).delete()
    added = [Assignment(workspace_id=task.workspace_id, task=task, user_id=pk) for pk in now.keys() - was.keys()]
    Assignment.objects.bulk_create(added)
    return sorted(was.values(), key=str), sorted(now.values(), key=str)


def person_fact(user: User) -> dict[str, str]:
    """A person as the record keeps them: the name is the one shown then."""
    return {"id": str(user.pk), "name": str(user)}


def _set_labels(task: Task, labels: Sequence[Label]) -> tuple[Any, Any]:
    same_project(task.project, labels, "labels")  # type: ignore[arg-type]
    was = {row.label_id: row.label.fact for row in task.task_labels.select_related("label")}
    now = {label.pk: label.fact for label in labels}
    task.task_labels.filter(label_id__in=was.keys() - now.keys()).delete()
    added = [TaskLabel(workspace_id=task.workspace_id, task=task, label_id=pk) for pk in now.keys() - was.keys()]
    TaskLabel.objects.bulk_create(added)
    return sorted(was.values(), key=str), sorted(now.values(), key=str)
