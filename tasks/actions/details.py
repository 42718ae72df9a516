"""Checklist lines and comments of a task. Each counts as an edit of its task, for the card shows their numbers."""

from datetime import datetime
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone

from accounts.models import User
from workspaces.actor import Actor
from workspaces.errors import Forbidden, Refused
from workspaces.rules import line, set_fields, text
from workspaces.spine import action, record

from ..models import ChecklistItem, Comment, Task
from ..rank import between
from .meeting import Since, together

MOST_LINES = 500


def hold(task: Task) -> None:
    """Hold the task's row until commit."""
    held = (
        Task.objects.within(task.workspace_id)
        .select_for_update(no_key=True)
        .only("version", "deleted_at")
        .get(pk=task.pk)
    )
    if held.deleted_at:
        raise Refused(f"{task.ref} was deleted.")
    task.version = held.version


def tell(by: Actor, event: str, row: Any, before: dict[str, Any], after: dict[str, Any]) -> None:
    """Recount what the card shows, then record with the task's own words."""
    task = row.task
    lines = Count("pk", filter=Q(deleted_at=None)), Count("pk", filter=Q(deleted_at=None, done=True))
    counts = task.checklist.aggregate(all=lines[0], done=lines[1])
    task.checklist_count, task.checklist_done = counts["all"], counts["done"]
    task.comment_count = task.comments.filter(deleted_at=None).count()
    task.version += 1
    task.updated_at = by.at or timezone.now()
    task.save(update_fields=["checklist_count", "checklist_done", "comment_count", "version", "updated_at"])
    facts = {"taskId": str(task.pk)}
    record(
        by,
        event,
        row,
        before=before and before | facts,
        after=after | facts,
        key=task.ref,
        label=task.title,
        project_id=task.project_id,
    )


def turn(by: Actor, row: Any, event: str, value: datetime | None, facts: dict[str, Any]) -> Any:
    """Delete or recover a detail."""
    hold(row.task)
    row.refresh_from_db(fields=["deleted_at"])
    if bool(row.deleted_at) == bool(value):
        return row
    row.deleted_at = value
    row.save(update_fields=["deleted_at"])
    tell(by, event, row, facts if value else {}, {} if value else facts)
    return row


@action
def add_checklist_item(by: Actor, task: Task, *, text: str, done: bool = False, group: str = "") -> ChecklistItem:
    """Add a line at the end of the checklist."""
    by.must("task.edit", task)
    hold(task)
    if task.checklist.filter(deleted_at=None).count() >= MOST_LINES:
        raise Refused(f"A checklist has at most {MOST_LINES} lines.", "text")
    last = task.checklist.order_by("-rank").values_list("rank", flat=True).first() or ""
    item = ChecklistItem(
        workspace_id=task.workspace_id, task=task, text=line(text, "text", longest=500), done=bool(done),
        group=group[:100], rank=between(last, ""),
    )  # fmt: skip
    item.save(force_insert=True)
    tell(by, "checklist:created", item, {}, {"text": item.text})
    return item


@action
def update_checklist_item(by: Actor, item: ChecklistItem, *, base: int | None = None, **fields: Any) -> ChecklistItem:
    """Change a line's text, or tick it (`done`). `base` is the version that a text was made on: see meeting.py."""
    by.must("task.edit", item)
    hold(item.task)
    item.refresh_from_db(fields=["text", "done", "version", "deleted_at"])
    if item.deleted_at:
        raise Refused("That line was removed meanwhile.", "text")
    if "text" in fields and base is not None and item.version > base:
        since = Since.of(by, item, "checklist:updated", "text", base)
        yours = line(fields["text"], "text", longest=500)
        if since.rows:
            fields["text"] = together(since, yours=yours, now=item.text, version=item.version)
    clean = {"text": lambda value: line(value, "text", longest=500), "done": bool}
    before, changed = set_fields(item, clean, fields)
    if not changed:
        return item
    item.version += 1
    item.save(update_fields=[*changed, "version"])
    tell(by, "checklist:updated", item, before, {"text": item.text} | changed if "done" in changed else changed)
    return item


@action
def remove_checklist_item(by: Actor, item: ChecklistItem) -> ChecklistItem:
    """Remove a line."""
    by.must("task.edit", item)
    return turn(by, item, "checklist:deleted", timezone.now(), {"text": item.text})


@action
def recover_checklist_item(by: Actor, item: ChecklistItem) -> ChecklistItem:
    """Bring a removed line back."""
    by.must("task.edit", item)
    return turn(by, item, "checklist:recovered", None, {"text": item.text})


@action
def create_comment(
    by: Actor, task: Task, *, body: str, author: User | None = None, author_name: str = "", source: str = ""
) -> Comment:
    """Say something on a task. `author` and `author_name` are for imports: somebody else said it, then."""
    by.must("comment.create", task)
    hold(task)
    comment = Comment(
        workspace_id=task.workspace_id, task=task, body=comment_words(body), author_name=author_name[:100], source=source,
        author=author if author or author_name else by.user, created_at=by.at or timezone.now(),
    )  # fmt: skip
    comment.save(force_insert=True)
    tell(by, "comment:created", comment, {}, {"body": comment.body})
    return comment


def comment_words(body: Any) -> str:
    """What a comment says: not nothing."""
    words = text(body, "body", longest=50_000).strip()
    if not words:
        raise Refused("A comment may not be empty.", "body")
    return words


def _own(by: Actor, comment: Comment) -> None:
    """Only the author changes a comment's words; who may delete tasks may also delete comments."""
    by.must("comment.create", comment)
    if comment.author_id != by.user.pk:
        raise Forbidden("Only its author may change a comment.")


@action
def update_comment(by: Actor, comment: Comment, *, body: str, base: int | None = None) -> Comment:
    """Change the words of one's own comment. `base` is the version that they were made on: see meeting.py."""
    _own(by, comment)
    hold(comment.task)
    comment.refresh_from_db(fields=["body", "version", "deleted_at"])
    if comment.deleted_at:
        raise Refused("The comment was deleted.")
    words = comment_words(body)
    if base is not None and comment.version > base:
        since = Since.of(by, comment, "comment:updated", "body", base)
        met = together(since, yours=words, now=comment.body, version=comment.version)
        comment.task.merged_with, words = ("" if met == words else since.who), met
    if words == comment.body:
        return comment
    before = {"body": comment.body}
    comment.body, comment.edited_at, comment.version = words, timezone.now(), comment.version + 1
    comment.save(update_fields=["body", "edited_at", "version"])
    tell(by, "comment:updated", comment, before, {"body": words})
    return comment


@action
def delete_comment(by: Actor, comment: Comment) -> Comment:
    """Delete one's own comment, or anybody's with the permission to delete tasks."""
    if not by.may("task.delete", comment):
        _own(by, comment)
    return turn(by, comment, "comment:deleted", timezone.now(), {"body": comment.body})


@action
def recover_comment(by: Actor, comment: Comment) -> Comment:
    """Bring a deleted comment back."""
    if not by.may("task.delete", comment):
        _own(by, comment)
    return turn(by, comment, "comment:recovered", None, {"body": comment.body})
