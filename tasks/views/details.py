"""What hangs on a task: checklist lines and comments; and Markdown as it will look."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.urls import reverse

from workspaces.aid import written_with
from workspaces.door import MemberRequest
from workspaces.pages import done, member_page, on_or_off, sent
from workspaces.rules import text

from .. import actions
from ..markdown import render as markdown
from ..models import ChecklistItem, Comment, Project, Task
from ..reading.finding import find_task
from .conflicts import merged, side_by_side
from .fields import lines, version


def told(request: MemberRequest, task: Task, **extra: object) -> HttpResponse:
    """A detail was changed: its card shows how many there are."""
    return done(request, key=task.ref, statusIds=[task.status_id], **merged(task), **extra)


@member_page("POST")
def checklist(request: MemberRequest, ref: str) -> HttpResponse:
    """Add a line to the checklist for each line of the text."""
    task, fields = find_task(request.by, ref), sent(request, "text")
    for words in lines(fields, "text", "A checklist line may not be empty."):
        actions.add_checklist_item(request.by, task, text=words)
    return told(request, task)


@member_page("POST", "DELETE")
@side_by_side
def checklist_item(request: MemberRequest, ref: str, item: UUID) -> HttpResponse:
    """Change, tick or remove a line."""
    task = find_task(request.by, ref)
    row = one_of(task, ChecklistItem, item)
    if request.method == "DELETE":
        sent(request)
        actions.remove_checklist_item(request.by, row)
        return told(request, task)
    fields = sent(request, "text", "done", "version")
    given = {"text": fields["text"]} if "text" in fields else {}
    given |= {"done": on_or_off(fields, "done")} if "done" in fields else {}  # type: ignore[dict-item]
    actions.update_checklist_item(request.by, row, base=version(fields), **given)
    return told(request, task, version=row.version)


@member_page("POST")
def comments(request: MemberRequest, ref: str) -> HttpResponse:
    """Say something."""
    task, fields = find_task(request.by, ref), sent(request, "body", "ai")
    with written_with(request.by, fields.get("ai", "")):
        comment = actions.create_comment(request.by, task, body=fields.get("body", "").replace("\r\n", "\n"))
    page = reverse("task", args=[request.by.workspace.slug, task.ref])
    return told(request, task, location=f"{page}#comment-{comment.pk}")


@member_page("POST", "DELETE")
@side_by_side
def comment(request: MemberRequest, ref: str, comment: UUID) -> HttpResponse:
    """Change or delete a comment."""
    task = find_task(request.by, ref)
    row = one_of(task, Comment, comment)
    if request.method == "DELETE":
        sent(request)
        actions.delete_comment(request.by, row)
        return told(request, task)
    fields = sent(request, "body", "version", "ai")
    with written_with(request.by, fields.get("ai", "")):
        actions.update_comment(request.by, row, body=fields.get("body", "").replace("\r\n", "\n"), base=version(fields))
    return told(request, task, version=row.version)


def one_of(task: Task, model: Any, key: UUID) -> Any:
    """A row that hangs on the task; 404 for one that is gone, or another's."""
    row = model.objects.filter(workspace=task.workspace_id, task=task, pk=key, deleted_at=None).first()
    if row is None:
        raise Http404
    row.task = task
    return row


@member_page("POST")
def preview(request: MemberRequest) -> HttpResponse:
    """Markdown as it will look."""
    words = text(sent(request, "text").get("text", ""), "text", longest=100_000)
    keys = frozenset(Project.objects.visible_to(request.by).values_list("key", flat=True))
    return HttpResponse(markdown(words, tasks=reverse("task", args=[request.by.workspace.slug, "REF"]), keys=keys))
