"""Items as pages and REST show them: one page of them, and all they name, in a handful of queries."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.urls import reverse

from accounts.models import User
from workspaces.actor import Actor
from workspaces.faces import author_face, face
from workspaces.models import ActivityLog, ChangeSet

from ..models import Comment, Notification, Project, Reason, Task
from .reasons import REASONS
from .words import said, sentence

NAMED = 3  # tasks of a bulk item that are shown by name


@dataclass(frozen=True)
class Around:
    """What the items of one page name, by id."""

    rows: dict[int, Any]
    tasks: dict[UUID, Task]
    projects: dict[UUID, Project]
    comments: dict[UUID, str]
    people: dict[UUID, User]
    titles: dict[UUID, str] = field(default_factory=dict)


def drawn(by: Actor, items: Sequence[Notification]) -> list[dict[str, Any]]:
    """The items, each with its words and everything that it leads to."""
    around = _around(by, items)
    return [_item(by, around, one) for one in items]


def _around(by: Actor, items: Sequence[Notification]) -> Around:
    log = ActivityLog.objects.within(by.workspace).filter(seq__in=[one.last_seq for one in items if one.last_seq])
    rows = {row.seq: row for row in log.select_related("actor", "on_behalf_of")}
    ids = {one.task_id for one in items if one.task_id} | {pk for one in items for pk in one.task_ids}
    ids |= {UUID(row.after["blocking"]) for row in rows.values() if row.after.get("blocking")}
    tasks = (
        Task.objects.visible_to(by).filter(pk__any=list(ids)).select_related("project").defer("description", "search")
    )
    projects = Project.objects.within(by.workspace).filter(pk__any=[one.project_id for one in items if one.project_id])
    comments = Comment.objects.within(by.workspace).filter(
        pk__any=[one.comment_id for one in items if one.comment_id], deleted_at=None
    )
    people = {pk for one in items for pk in (one.actor_id, *one.others[:1]) if pk}
    imported = [one.change_id for one in items if one.reason == Reason.IMPORTED]
    titles = ChangeSet.objects.within(by.workspace).filter(pk__any=imported) if imported else ChangeSet.objects.none()
    return Around(
        rows, {task.pk: task for task in tasks}, projects.in_bulk(), dict(comments.values_list("pk", "body")),
        User.objects.in_bulk(people), dict(titles.values_list("pk", "title")),
    )  # fmt: skip


def _item(by: Actor, around: Around, one: Notification) -> dict[str, Any]:
    reason, row = REASONS[Reason(one.reason)], around.rows.get(one.last_seq or 0)
    one.task = around.tasks.get(one.task_id) if one.task_id else None
    if row is not None and (blocking := row.after.get("blocking")):
        row.blocking = around.tasks.get(UUID(blocking))  # None where they may not see it
    words = around.titles.get(one.change_id, "") if one.reason == Reason.IMPORTED else ""
    task, project = one.task, around.projects.get(one.project_id) if one.project_id else None
    return {
        "id": one.pk, "reason": one.reason, "chip": reason.chip, "because": reason.because, "needs_me": one.needs_me,
        "unread": one.read_at is None, "done": one.done_at is not None, "count": one.count, "at": one.told_at,
        "snoozed_until": one.snoozed_until, "who": _who(around, one, row), "others": _others(around, one),
        "sentence": words or sentence(one, row), "named": not words, "said": said(around.comments.get(one.comment_id, "")),
        "task": task, "ref": task.ref if task else "", "title": _title(one, row, task, project), "project": project,
        "url": _url(by, one, row, task, project), "tasks": _listed(by, around, one), "more": max(0, one.count - NAMED) if one.task_ids else 0,
    }  # fmt: skip


def _who(around: Around, one: Notification, row: Any) -> dict[str, Any] | None:
    """Whose act it was; nobody's for a reminder."""
    if one.actor_id is None or (row is not None and row.event == "automation:stopped"):
        return None
    if row is not None and row.via == "support":
        return author_face(row)
    return face(around.people.get(one.actor_id))


def _others(around: Around, one: Notification) -> str:
    """ "and Cleo", "and 3 others": who acted before the last one."""
    if not one.others:
        return ""
    if len(one.others) == 1:
        return f"and {around.people.get(one.others[0]) or 'somebody'}"
    return f"and {len(one.others)} others"


def _title(one: Notification, row: Any, task: Task | None, project: Project | None) -> str:
    if task is not None:
        return task.title
    if row is not None and row.event == "automation:stopped":
        return str(row.subject_label)
    return "" if one.task_ids or one.reason == Reason.ROLE else project.name if project else ""


def _url(by: Actor, one: Notification, row: Any, task: Task | None, project: Project | None) -> str:
    slug = by.workspace.slug
    if task is not None:
        words = f"#comment-{one.comment_id}" if one.comment_id else ""
        return f"{reverse('task', args=[slug, task.ref])}{words}"
    if one.reason == Reason.ROLE:
        return reverse("members", args=[slug])
    if row is not None and row.event == "automation:stopped":
        return reverse("automation", args=[slug, row.subject_id])
    return reverse("board", args=[slug, project.key]) if project and not one.task_ids else ""


def _listed(by: Actor, around: Around, one: Notification) -> list[dict[str, str]]:
    """The first tasks of a bulk item that its person still sees."""
    seen = [task for pk in one.task_ids if (task := around.tasks.get(pk))]
    return [
        {"ref": task.ref, "title": task.title, "url": reverse("task", args=[by.workspace.slug, task.ref])}
        for task in seen[:NAMED]
    ]
