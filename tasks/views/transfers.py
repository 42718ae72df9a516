"""A task goes to another project, or is put away for another one: the dialog that asks where to, and the deeds."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from workspaces.door import MemberRequest
from workspaces.errors import Refused
from workspaces.pages import asked_parts, done, member_page, sent, with_head

from .. import actions
from ..models import Task
from ..reading.finding import find_project, find_task
from ..reading.transfers import targets


@member_page("GET", "POST")
def task_project(request: MemberRequest, ref: str) -> HttpResponse:
    """The projects that the task can move to; what is sent moves it."""
    task = find_task(request.by, ref)
    request.by.must("task.edit", task)
    if request.method == "POST":
        return _transfer(request, task)
    return _asking(request, task, "transfer", targets=targets(request.by, task))


def _asking(request: MemberRequest, task: Task, name: str, **more: object) -> HttpResponse:
    """The page that asks, or what a dialog shows of it."""
    parts = asked_parts(request)
    template = f"tasks/_{name}.html" if name in parts and "main" not in parts else f"tasks/{name}.html"
    context = {"task": task, "ref": task.ref, "project": task.project, **more}
    return with_head(request, render(request, template, context))


def _transfer(request: MemberRequest, task: Task) -> HttpResponse:
    fields, was = sent(request, "project"), task.status_id
    try:
        project = find_project(request.by, fields.get("project", ""))
    except Http404:
        raise Refused("That project is gone, or no longer shared with you.", "project") from None
    actions.transfer_task(request.by, task, project=project)
    here = reverse("task", args=[request.by.workspace.slug, task.ref])
    return done(request, location=here, key=task.ref, version=task.version, statusIds=[was, task.status_id])


@member_page("GET", "POST")
def duplicate(request: MemberRequest, ref: str) -> HttpResponse:
    """Ask of which other task it is a duplicate, and archive it as that; the other is named by its key."""
    task = find_task(request.by, ref)
    request.by.must("task.edit", task)
    if request.method == "GET":
        return _asking(request, task, "duplicate")
    fields = sent(request, "of")
    try:
        other = find_task(request.by, fields.get("of", "").strip().upper())
    except Http404:
        raise Refused("There is no such task, or it is not shared with you.", "of") from None
    actions.mark_duplicate(request.by, task, of=other)
    return done(request, key=task.ref, version=task.version, statusIds=[task.status_id])
