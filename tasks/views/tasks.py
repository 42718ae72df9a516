"""Tasks: making them, the task's page, changing, moving, archiving, deleting."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from workspaces.aid import written_with
from workspaces.door import MemberRequest
from workspaces.events import says
from workspaces.pages import asked_parts, done, member_page, on_or_off, one_id, sent, with_head
from workspaces.spine import current_act

from .. import actions
from ..models import Label, Task
from ..reading.finding import find_label, find_neighbour, find_people, find_project, find_status, find_task, labels_of
from ..reading.task import task_page
from .conflicts import merged, side_by_side
from .fields import changes, drafts, due, named, version

NEW = ("titles", "status", "at", "priority", "due", "assignee", "label")


def told(request: MemberRequest, task: Task, **extra: object) -> HttpResponse:
    """A change of one task was made."""
    return done(request, key=task.ref, version=task.version, statusIds=[task.status_id], **merged(task), **extra)


@member_page("POST")
def tasks(request: MemberRequest, key: str) -> HttpResponse:
    """Make tasks, one for each line."""
    project, fields = find_project(request.by, key), sent(request, *NEW)
    to = find_status(project, one_id(fields, "status"), "status") if fields.get("status") else None
    with named(title="titles", assignees="assignee", labels="label"):
        made = actions.create_tasks(
            request.by, project, drafts=drafts(request.by, fields, project), to=to, at_top=fields.get("at") == "top"
        )
    location = reverse("task", args=[request.by.workspace.slug, made[0].ref])
    return done(request, location=location, key=made[0].ref)


@member_page("POST")
def subtasks(request: MemberRequest, ref: str) -> HttpResponse:
    """Make tasks below a task."""
    task, fields = find_task(request.by, ref), sent(request, "titles")
    with named(title="titles"):
        actions.create_tasks(request.by, task.project, drafts=drafts(request.by, fields, task.project, parent=task))
    return done(request, key=task.ref)


@member_page("GET", "POST", "DELETE")
@side_by_side
def task(request: MemberRequest, ref: str) -> HttpResponse:
    """The task's page or pane; a change of its fields; its end."""
    if request.method == "POST":
        return _change(request, ref)
    if request.method == "DELETE":
        return _delete(request, ref)
    keys = frozenset(one["key"] for one in request.frame["projects"])  # type: ignore[attr-defined]
    parts = asked_parts(request)
    template = "tasks/_pane.html" if "pane" in parts and "main" not in parts else "tasks/task.html"
    page = task_page(request.by, ref, keys)
    if page["task"]["ref"] != ref:  # it has moved to another project
        return redirect("task", request.by.workspace.slug, page["task"]["ref"])
    return with_head(request, render(request, template, page))


def _change(request: MemberRequest, ref: str) -> HttpResponse:
    found = find_task(request.by, ref)
    fields = sent(request, "title", "description", "priority", "due", "estimate", "status", "version", "ai")
    given, read = changes(fields), version(fields)
    if given:
        bases = dict.fromkeys(given, read) if read else None
        with written_with(request.by, fields.get("ai", "")):
            found = actions.update_task(request.by, found, bases=bases, **given)
    if "status" in fields:
        to = find_status(found.project, one_id(fields, "status"), "status")
        found = found if to.pk == found.status_id else actions.move_task(request.by, found, to=to, seen=read)
    return told(request, found)


def _delete(request: MemberRequest, ref: str) -> HttpResponse:
    found, _ = find_task(request.by, ref), sent(request)
    return told(request, actions.delete_task(request.by, found))


@member_page("POST")
def place(request: MemberRequest, ref: str) -> HttpResponse:
    """Move a card below another, to the top ("") or to the foot ("end") of a column."""
    found, fields = find_task(request.by, ref), sent(request, "status", "after", "version")
    to = find_status(found.project, one_id(fields, "status"), "status")
    name = fields.get("after", "")
    after = _last(found, to.pk) if name == "end" else find_neighbour(request.by, found, name, "after") if name else None
    return told(request, actions.move_task(request.by, found, to=to, after=after, seen=version(fields)))


def _last(card: Task, status_id: object) -> Task | None:
    rows = (
        Task.objects.within(card.workspace_id).filter(project=card.project, status=status_id).open().exclude(pk=card.pk)
    )
    last = rows.select_related("status").order_by("rank").last()
    if last is not None:
        last.project = card.project
    return last


@member_page("POST", "DELETE")
def archive(request: MemberRequest, ref: str) -> HttpResponse:
    """Archive a task, or bring it back."""
    found, _ = find_task(request.by, ref), sent(request)
    verb = actions.archive_task if request.method == "POST" else actions.restore_task
    return told(request, verb(request.by, found))


@member_page("POST", "DELETE")
def pin(request: MemberRequest, ref: str) -> HttpResponse:
    """Pin a task to the days on which it must begin or be due; DELETE lets a planner move it again."""
    found = find_task(request.by, ref)
    if request.method == "DELETE":
        sent(request)
        return told(request, actions.unpin_task(request.by, found))
    fields = sent(request, "start", "due")
    days = {"start": due(fields, "start", "The day on which it begins"), "due": due(fields)}
    return told(request, actions.pin_task(request.by, found, **days))


@member_page("POST")
def assignees(request: MemberRequest, ref: str) -> HttpResponse:
    """Put one person on a task, or take them off."""
    found, fields = _held(request, ref), sent(request, "user", "on")
    key, on = one_id(fields, "user"), on_or_off(fields, "on", "1")
    there = [row.user for row in found.assignments.select_related("user") if row.user_id != key]
    people = there + find_people(request.by, found.project, [key], "user", found) if on else there
    with named(assignees="user"):
        return told(request, actions.update_task(request.by, found, assignees=people))


@member_page("POST")
def labels(request: MemberRequest, ref: str) -> HttpResponse:
    """Put one label on a task, or take it off; `name` makes it first."""
    found, fields = _held(request, ref), sent(request, "label", "on", "name", "color")
    label, on = _label(request, fields, found), on_or_off(fields, "on", "1")
    there = [
        row for row in Label.objects.within(found.workspace_id).filter(task_labels__task=found) if row.pk != label.pk
    ]
    with named(labels="label"):
        actions.update_task(request.by, found, labels=[*there, label] if on else there)
    return told(request, found, **_last_words())


def _last_words() -> dict[str, str]:
    """What was done last is what was meant: the label was made to be put on."""
    rows = getattr(current_act(), "rows", [])
    words = says(rows[-1]) if len(rows) > 1 else ""
    return {"sentence": words[:1].upper() + words[1:]} if words else {}


def _label(request: MemberRequest, fields: dict, found: Task) -> Label:  # type: ignore[type-arg]
    if "name" not in fields:
        return find_label(request.by, found.project, one_id(fields, "label"), "label")  # type: ignore[arg-type]
    same = labels_of(request.by, found.project).filter(name__iexact=fields["name"].strip()).first()
    return same or actions.create_label(
        request.by, found.project, name=fields["name"], color=fields.get("color", "gray")
    )


def _held(request: MemberRequest, ref: str) -> Task:
    """The task, held until commit: what is added to its people or labels is added to what is there by then."""
    found = find_task(request.by, ref)
    Task.objects.within(found.workspace_id).select_for_update(no_key=True).only("pk").get(pk=found.pk)
    return found
