"""Hanging many comments, checklist lines and links on many tasks at once: for imports, where one by one would take minutes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from accounts.models import User
from workspaces.actor import Actor
from workspaces.rules import line, text
from workspaces.spine import action, record

from ..models import Attachment, ChecklistItem, Comment, Project, Task
from ..rank import spread

Row = Comment | ChecklistItem | Attachment


@dataclass(frozen=True)
class Said:
    """A comment as it was made elsewhere; `author_name` where the author is not a member."""

    body: str
    at: datetime
    author: User | None = None
    author_name: str = ""
    source: str = ""


@dataclass(frozen=True)
class Line:
    """A checklist line; `group` is the heading it stood under."""

    text: str
    done: bool = False
    group: str = ""


@dataclass(frozen=True)
class Linked:
    """A web address on a task."""

    url: str
    name: str
    source: str = ""


@dataclass(frozen=True)
class Details:
    """What is to hang on one task; `lines` only on a task that has none yet."""

    task: Task
    said: Sequence[Said] = ()
    lines: Sequence[Line] = ()
    links: Sequence[Linked] = ()


@action
def hang_details(by: Actor, project: Project, *, details: Sequence[Details]) -> None:
    """Make the comments, lines and links of many tasks of one project."""
    by.must("task.edit", project)
    by.must("comment.create", project)
    held = {task.pk: task for task in _held(project, details)}
    rows: list[Row] = [row for one in details if one.task.pk in held for row in _rows(one, held[one.task.pk])]
    for model in (Comment, ChecklistItem, Attachment):
        model.objects.bulk_create([row for row in rows if isinstance(row, model)], batch_size=500)
    Task.objects.within(by.workspace).bulk_update(
        list(_count(by, rows)),
        ["comment_count", "checklist_count", "checklist_done", "version", "updated_at"],
        batch_size=500,
    )
    for row in rows:
        _record(by, project, row)


def _held(project: Project, details: Sequence[Details]) -> Iterator[Task]:
    """The tasks, held until commit, as they are now."""
    keys = [one.task.pk for one in details]
    rows = Task.objects.within(project.workspace_id).filter(pk__in=keys, project=project, deleted_at=None)
    for task in rows.select_for_update(no_key=True).order_by("pk").defer("description", "search"):
        task.project = project
        yield task


def _rows(details: Details, task: Task) -> Iterator[Row]:
    where = {"workspace_id": task.workspace_id, "task": task}
    for said in details.said:
        yield Comment(
            **where, body=text(said.body, "body", longest=50_000).strip(), created_at=said.at, author=said.author,
            author_name=said.author_name[:100], source=said.source,
        )  # fmt: skip
    for item, rank in zip(details.lines, spread(len(details.lines)), strict=True):
        words = line(item.text, "text", longest=500)
        yield ChecklistItem(**where, text=words, done=item.done, group=item.group[:100], rank=rank)
    for link in details.links:
        yield Attachment(**where, url=link.url, name=line(link.name, "name", longest=200), source=link.source)


def _count(by: Actor, rows: Sequence[Row]) -> list[Task]:
    """The tasks with what their cards show counted on; a task keeps its date, for what hangs on it may be years old."""
    tasks: dict[Any, Task] = {}
    for row in rows:
        task = tasks.setdefault(row.task_id, row.task)
        task.comment_count += isinstance(row, Comment)
        task.checklist_count += isinstance(row, ChecklistItem)
        task.checklist_done += isinstance(row, ChecklistItem) and row.done
        task.updated_at = max(task.updated_at, row.created_at) if isinstance(row, Comment) else task.updated_at
    for task in tasks.values():
        task.version += 1
        task.updated_at = min(task.updated_at, by.at or timezone.now())
    return list(tasks.values())


def _record(by: Actor, project: Project, row: Row) -> None:
    event, facts = _told(row)
    facts |= {"taskId": str(row.task_id)}
    record(by, event, row, after=facts, key=row.task.ref, label=row.task.title, project_id=project.pk)


def _told(row: Row) -> tuple[str, dict[str, Any]]:
    if isinstance(row, Comment):
        return "comment:created", {"body": row.body, "author": str(row.author) if row.author else row.author_name}
    if isinstance(row, ChecklistItem):
        return "checklist:created", {"text": row.text}
    return "link:created", {"name": row.name, "url": row.url}
