"""The pages of rules: the list, the builder with its trial, and what each rule has done."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render

from workspaces.door import MemberRequest
from workspaces.errors import Refused
from workspaces.pages import member_page, on_or_off, sent, whole
from workspaces.views.answers import finished, onward

from ..actions import create_rule, delete_rule, switch_rule, update_rule
from ..actions.automations import PARTS
from ..automations.content import cleaned, content_of
from ..automations.form import altered, blame, form_of, said_at_first, said_in, said_of, sent_names
from ..automations.parts import Json
from ..automations.reading import find_rule, may_keep, rules_of
from ..automations.shown import list_page, places_for, rule_page
from ..automations.trying import draft_of, times, tried
from ..models import AutomationRule
from ..reading.finding import tasks_by_ref


@member_page("GET", "POST")
def automations(request: MemberRequest) -> HttpResponse:
    """All rules; POST makes one, or draws its form anew."""
    if request.method == "GET":
        return render(request, "tasks/automations.html", list_page(request.by, rules_of(request.by)))
    return _build(request, None)


@member_page("GET")
def new(request: MemberRequest) -> HttpResponse:
    """The builder, begun with a recipe."""
    request.by.must("automation.manage")
    said = said_at_first(request.GET.get("recipe", "")[:40], request.GET.get("project", "")[:8])
    return _form(request, None, said)


@member_page("GET", "POST", "DELETE")
def automation(request: MemberRequest, rule: UUID) -> HttpResponse:
    """One rule, its builder and its runs; POST changes it, DELETE deletes it."""
    held = find_rule(request.by, rule)
    if request.method == "DELETE":
        delete_rule(request.by, held)
        return onward(request, "automations", request.by.workspace.slug)
    return _form(request, held, said_of(held)) if request.method == "GET" else _build(request, held)


@member_page("POST")
def switch(request: MemberRequest, rule: UUID) -> HttpResponse:
    """On or off."""
    held = find_rule(request.by, rule)
    switch_rule(request.by, held, on=on_or_off(sent(request, "on"), "on"))
    return finished(request, "automation", request.by.workspace.slug, held.pk)


def _build(request: MemberRequest, held: AutomationRule | None) -> HttpResponse:
    """What the button that was pressed asks for: keep it, try it, or draw it with other lines."""
    request.by.must("automation.manage")
    fields = sent(request, *sent_names(request.POST))
    said, do = said_in(fields), fields.get("do", "save")
    try:
        if do == "try":
            return _form(request, held, said, trial=_tried(request, said, fields.get("card", "")))
        if do != "save":
            return _form(request, held, altered(said, do))
        kept = _kept(request, held, said, whole(fields, "version"))
    except Refused as no:
        if no.status not in (422, 412):
            raise
        return _form(request, held, said, faults=blame(no), status=no.status)
    return onward(request, "automation", request.by.workspace.slug, kept.pk)


def _kept(request: MemberRequest, held: AutomationRule | None, said: Json, base: int | None) -> AutomationRule:
    said = said | {"project": _project(request, said)}
    if held is None:
        return create_rule(request.by, **said)
    return update_rule(request.by, held, base_version=base, **said)


def _tried(request: MemberRequest, said: Json, card: str) -> Json:
    """With the form as it stands, kept or not."""
    by, project = request.by, _project(request, said)
    rule = draft_of(
        by, project, cleaned(by, project, {name: said[name] for name in PARTS} | {"name": said["name"] or "Rule"})
    )
    card = card.strip().upper()
    task = tasks_by_ref(by, [card]).get(card)
    if task is None:
        raise Refused(f"There is no card {card[:20] or '(none was named)'}, or it is not shared with you.", "card")
    count, whole_record = times(by, rule)
    return {"task": task, "result": tried(by, rule, task), "times": count, "whole": whole_record}


def _project(request: MemberRequest, said: Json) -> Any:
    if not said["project"]:
        return None
    found = next((one for one in places_for(request.by) if one.key == said["project"]), None)
    if found is None:
        raise Refused("Choose a project that you may work in.", "project")
    return found


def _form(
    request: MemberRequest,
    held: AutomationRule | None,
    said: Json,
    *,
    faults: dict[str, str] | None = None,
    trial: Json | None = None,
    status: int = 200,
) -> HttpResponse:
    by = request.by
    editable = by.may("automation.manage") if held is None else may_keep(by, held)
    context: Json = {"held": held, "editable": editable, "trial": trial, "card": request.POST.get("card", "")[:20]}
    if editable:
        context["form"] = form_of(by, said, places_for(by), faults or {})
    if request.headers.get("HX-Target") == "rule-form":
        return render(request, "tasks/_automation_form.html", context, status=status)
    if held is not None:
        context |= rule_page(by, held, content_of(by, held), request.GET.get("before", ""))
    return render(request, "tasks/automation.html", context, status=status)
