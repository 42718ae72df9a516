"""The suggestions for a task, and the answers to them."""

from django.http import HttpResponse
from django.shortcuts import render

from tasks.models import Task
from tasks.reading.finding import find_task
from workspaces.door import MemberRequest
from workspaces.errors import Refused
from workspaces.pages import done, member_page, sent

from .. import access
from ..actions.triage import drop_suggestions, start_triage, take_suggestions
from ..features.suggesting import suggested
from ..opening import must_be_on

ANSWERS = ("take", "drop", "ask")


@member_page("GET", "POST")
def triage(request: MemberRequest, ref: str) -> HttpResponse:
    """GET draws what is suggested now, and nothing to who has the AI off; POST takes, drops, or asks a model for more."""
    by, task = request.by, find_task(request.by, ref)
    if request.method == "POST":
        must_be_on(by)
        _answered(request, task)
        return done(request, key=task.ref, statusIds=[task.status_id])
    shown = suggested(by, task) if access.on(by) and by.may("task.edit", task) else None
    return render(request, "ai/_triage.html", {"triage": shown, "ref": task.ref})


def _answered(request: MemberRequest, task: Task) -> None:
    fields = sent(request, "answer", "suggestion")
    answer, keys = fields.get("answer", ""), fields.getlist("suggestion")
    if answer not in ANSWERS:
        raise Refused(f"The field answer is one of {', '.join(ANSWERS)}.", "answer")
    if answer == "ask":
        start_triage(request.by, task, again=True)
    elif answer == "take":
        take_suggestions(request.by, task, suggestions=keys)
    else:
        drop_suggestions(request.by, task, suggestions=keys)
