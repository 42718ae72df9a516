"""The inverse of what leads from one task or project to another: a transfer, and a duplicate that was put away."""

from typing import Any

from accounts.models import User
from workspaces.actor import Actor
from workspaces.errors import Stale
from workspaces.models import ActivityLog
from workspaces.undo import undoes

from . import actions
from .models import Project, Status, Task
from .undo import current, find, ids, loaded, still


@undoes("task:left")
def stay_gone(by: Actor, row: Any) -> None:
    """The row beside it, of where the task arrived, brings it back."""


@undoes("task:arrived")
def bring_back(by: Actor, row: Any) -> None:
    """Back to the project, number and place it had, with the labels and people that it lost on the way."""
    task = find(Task, by, row, "project", "status")
    rows = ActivityLog.objects.within(by.workspace).filter(change_id=row.change_id, subject_id=task.pk)
    was = rows.filter(event="task:left").get()
    home = Project.objects.whole_to(by).filter(pk=was.project_id).first()
    if home is None:
        raise Stale(f"The project that {row.subject_key} came from is gone, or not shared with you.")
    if task.project_id != home.pk:
        still(task.project_id, row.project_id, f"The project of {row.subject_key}")
        labels_as_they_came = current(task, "labels") == ids(row.after["labels"])
        actions.transfer_task(by, task, project=home)
    else:  # with the task that it stands below
        labels_as_they_came = True
    _as_before(by, task, was.before, was.after, labels=labels_as_they_came)


def _as_before(by: Actor, task: Task, was: dict[str, Any], then: dict[str, Any], *, labels: bool) -> None:
    to = Status.objects.within(by.workspace).filter(pk=was["status"]["id"], deleted_at=None).select_related("project")
    if (column := to.first()) is not None:
        above = Task.objects.filter(workspace=by.workspace, status=column, rank__lt=was["rank"]).exclude(pk=task.pk)
        actions.move_task(by, task, to=column, after=above.order_by("-rank").first(), rank=was["rank"])
    fields: dict[str, Any] = {"labels": loaded(by, "labels", was["labels"])} if labels else {}
    gone = set(ids(was.get("assignees", []))) - set(ids(then.get("assignees", [])))
    if gone:
        fields["assignees"] = list(User.objects.filter(pk__in={*gone, *current(task, "assignees")}))
    if "parent" in was and (parent := _parent(by, task, was["parent"])):
        fields["parent"] = parent
    actions.update_task(by, task, **fields)


def _parent(by: Actor, task: Task, key: str) -> Task | None:
    """Where that one still stands in the same project."""
    rows = Task.objects.within(by.workspace).filter(pk=key, project=task.project, deleted_at=None)
    found: Task | None = rows.select_related("project").first()
    return found


@undoes("task:duplicated", "task:told_apart")
def tell_apart(by: Actor, row: Any) -> None:
    task = find(Task, by, row, "project", "status")
    facts = row.after or row.before
    other = Task.objects.within(by.workspace).select_related("project", "status").filter(pk=facts["of"]).first()
    if other is not None:
        verb = actions.return_watchers if row.after else actions.lend_watchers
        verb(by, task, to=other)
