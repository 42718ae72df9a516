"""Making, changing, archiving and deleting tasks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from accounts.models import User
from workspaces.actor import Actor
from workspaces.errors import Refused, Stale
from workspaces.rules import line, text
from workspaces.spine import action, record

from ..models import Assignment, Label, Project, Status, Task, TaskLabel
from ..people import check_assignable
from .board import first_status, lock_board, ranks_at, same_project
from .dependencies import tell_waiting
from .fields import CLEAN, by_id, estimate, fact, person_fact, priority, set_field, there
from .meeting import TEXTS, Since, both_sets, together


@dataclass(frozen=True)
class Draft:
    """A task to be made."""

    title: str
    description: str = ""
    priority: int = 0
    due: date | None = None
    estimate: int | None = None
    assignees: Sequence[User] = ()
    labels: Sequence[Label] = ()
    parent: Task | None = None
    source: str = ""
    archived_at: datetime | None = None
    created_at: datetime | None = None
    completed_at: datetime | None = None


def create_task(by: Actor, project: Project, *, to: Status | None = None, at_top: bool = False, **draft: Any) -> Task:
    """Make one task; see Draft for what it may carry."""
    return create_tasks(by, project, drafts=[Draft(**draft)], to=to, at_top=at_top)[0]


@action
def create_tasks(
    by: Actor, project: Project, *, drafts: Sequence[Draft], to: Status | None = None, at_top: bool = False
) -> list[Task]:
    """Make tasks in a column, in order, at its foot or top."""
    by.must("task.create", project)
    if not drafts:
        raise Refused("A task needs a title.", "title")
    to = to or first_status(project)
    same_project(project, [to], "status")
    check_assignable(project, [person for draft in drafts for person in draft.assignees])
    last = lock_board(project, numbers=len(drafts))
    ranks = ranks_at(by, to, len(drafts), top=at_top)
    tasks = [
        _made(by, project, to, draft, last + place, rank)
        for place, (draft, rank) in enumerate(zip(drafts, ranks, strict=True), 1)
    ]
    Task.objects.bulk_create(tasks, batch_size=500)
    _hang(tasks, drafts)
    for task, draft in zip(tasks, drafts, strict=True):
        record(
            by, "task:created", task, after=_facts(task, draft), key=task.ref, label=task.title, project_id=project.pk
        )
    return tasks


def _made(by: Actor, project: Project, to: Status, draft: Draft, number: int, rank: str) -> Task:
    same_project(project, [draft.parent], "parent")
    now = draft.created_at or by.at or timezone.now()
    return Task(
        workspace_id=project.workspace_id, project=project, number=number, status=to, rank=rank, creator=by.user,
        title=line(draft.title, "title", longest=300), description=text(draft.description, "description", longest=100_000),
        priority=priority(draft.priority), due=draft.due, estimate=estimate(draft.estimate), parent=draft.parent,
        source=draft.source, archived_at=draft.archived_at, created_at=now, updated_at=now,
        completed_at=draft.completed_at or (now if to.category == Status.Category.DONE else None),
    )  # fmt: skip


def _hang(tasks: Sequence[Task], drafts: Sequence[Draft]) -> None:
    """The drafts' people and labels onto the new tasks."""
    pairs = list(zip(tasks, drafts, strict=True))
    people = [Assignment(workspace_id=t.workspace_id, task=t, user=user) for t, d in pairs for user in d.assignees]
    labels = [TaskLabel(workspace_id=t.workspace_id, task=t, label=label) for t, d in pairs for label in d.labels]
    for task, draft in pairs:
        same_project(task.project, draft.labels, "labels")  # type: ignore[arg-type]
    Assignment.objects.bulk_create(people) if people else None
    TaskLabel.objects.bulk_create(labels) if labels else None


def _facts(task: Task, draft: Draft) -> dict[str, Any]:
    facts: dict[str, Any] = {"title": task.title, "status": task.status.fact, "rank": task.rank, "open": task.is_open}
    optional = {
        "description": task.description, "priority": task.priority, "due": task.due and str(task.due), "estimate": task.estimate,
        "assignees": [person_fact(user) for user in draft.assignees], "labels": [label.fact for label in draft.labels],
        "parent": task.parent_id and str(task.parent_id),
    }  # fmt: skip
    return facts | {name: value for name, value in optional.items() if value}


@action
def update_task(
    by: Actor, task: Task, *, base_version: int | None = None, bases: Mapping[str, int] | None = None, **fields: Any
) -> Task:
    """Change fields of a task: title, description, priority, due, estimate, parent, assignees, labels.

    `base_version` refuses (Stale) when somebody changed the task since it was read. `bases` says for single fields which
    version their new value was made on: what changed since is merged, or refused with both (Conflicting).
    """
    by.must("task.edit", task)
    hold_task(task, base_version)
    before, after = {}, {}
    for name, value in fields.items():
        was, now = set_field(task, name, _met(by, task, name, value, (bases or {}).get(name)))
        if was != now:
            before[name], after[name] = was, now
    if not after:
        return task
    _touch(by, task, *after)
    record(
        by, "task:updated", task, before=before, after=after, key=task.ref, label=task.title, project_id=task.project_id
    )
    return task


HELD = (
    "title", "description", "priority", "due", "estimate", "pin_start", "pin_due", "parent_id", "version", "field_versions", "completed_at", "archived_at", "deleted_at",
    "status_id", "rank",
)  # fmt: skip


def hold_task(task: Task, base_version: int | None = None) -> None:
    """Hold the row, and read what may have changed since it was found."""
    held = Task.objects.within(task.workspace_id).select_for_update(no_key=True).get(pk=task.pk)
    for name in HELD:
        setattr(task, name, getattr(held, name))
    if task.deleted_at:
        raise Refused(f"{task.ref} was deleted.")
    if base_version is not None and base_version != task.version:
        raise Stale(f"{task.ref} was changed by somebody else in the meantime.", "version")


def _met(by: Actor, task: Task, name: str, value: Any, base: int | None) -> Any:
    """The value to save, where the field may have changed since it was read."""
    if base is None or (version := task.changed_at(name)) <= base:
        return value
    since = Since.of(by, task, "task:updated", name, base)
    if name in ("assignees", "labels"):
        return both_sets(since, by_id(value), by_id(there(task, name)))
    yours = CLEAN[name](value) if name in CLEAN else value
    met = together(since, yours=yours, now=getattr(task, name), version=version, fact=fact)
    task.merged_with = since.who if name in TEXTS and met != yours else ""
    return met


def _touch(by: Actor, task: Task, *fields: str) -> None:
    columns = task.touch(by.at or timezone.now(), *fields)
    task.save(update_fields=[*(name for name in fields if name in CLEAN or name == "parent"), *columns])


def _turn(by: Actor, task: Task, event: str, column: str, value: datetime | None) -> Task:
    """Archive, restore, delete or recover: one timestamp goes on or off, and the column's count follows."""
    was, in_the_way = {"status": task.status.fact, "open": task.is_open}, task.in_the_way
    setattr(task, column, value)
    task.save(update_fields=[column, *task.touch(by.at or timezone.now(), "place")])
    after = {"status": task.status.fact, "open": task.is_open}
    record(by, event, task, before=was, after=after, key=task.ref, label=task.title, project_id=task.project_id)
    tell_waiting(by, task, was=in_the_way)
    return task


@action
def archive_task(by: Actor, task: Task, *, base_version: int | None = None) -> Task:
    """Take a task off the board and keep it."""
    by.must("task.edit", task)
    hold_task(task, base_version)
    return task if task.archived_at else _turn(by, task, "task:archived", "archived_at", by.at or timezone.now())


@action
def restore_task(by: Actor, task: Task, *, base_version: int | None = None) -> Task:
    """Bring an archived task back to its column."""
    by.must("task.edit", task)
    hold_task(task, base_version)
    _check_column(task)
    return _turn(by, task, "task:restored", "archived_at", None) if task.archived_at else task


@action
def delete_task(by: Actor, task: Task, *, base_version: int | None = None) -> Task:
    """Delete a task: hidden everywhere, recoverable for 30 days."""
    by.must("task.delete", task)
    held = Task.objects.within(task.workspace_id).select_for_update(no_key=True).get(pk=task.pk)
    if held.deleted_at:
        return held
    hold_task(task, base_version)
    return _turn(by, task, "task:deleted", "deleted_at", by.at or timezone.now())


@action
def recover_task(by: Actor, task: Task) -> Task:
    """Bring a deleted task back."""
    by.must("task.delete", task)
    task.refresh_from_db(from_queryset=Task.objects.within(by.workspace).select_for_update(no_key=True))
    _check_column(task)
    return _turn(by, task, "task:recovered", "deleted_at", None) if task.deleted_at else task


def _check_column(task: Task) -> None:
    if task.status.deleted_at:
        raise Refused(
            f"The column {task.status.name} of {task.ref} was removed: bring the column back first.", "status"
        )
