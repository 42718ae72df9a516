"""Settings of a workspace: its name, its end."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from ..actions import delete_workspace, update_workspace
from ..actor import Actor
from ..errors import Refused
from ..forms import DeleteForm, NameForm
from ..pages import member_page
from .answers import blame, finished, onward


@member_page("GET", "POST")
def settings(request: HttpRequest) -> HttpResponse:
    """Name, and the door to deleting; POST renames."""
    if request.method != "POST":
        return render(request, "workspaces/settings.html", shown(request.by))
    form = NameForm(request.POST)
    if form.is_valid():
        try:
            update_workspace(request.by, **form.cleaned_data)
        except Refused as no:
            if no.status != Refused.status:
                raise
            blame(form, no)
        else:
            return finished(request, "settings", request.by.workspace.slug, sidebar=True)
    return _again(request, "_rename", name_form=form)


@member_page("POST")
def deletion(request: HttpRequest) -> HttpResponse:
    """Deletes the workspace, when its address was typed."""
    form = DeleteForm(request.POST, auto_id="delete_%s")
    if form.is_valid():
        try:
            delete_workspace(request.by, **form.cleaned_data)
        except Refused as no:
            if no.status != Refused.status:
                raise
            blame(form, no)
        else:
            return onward(request, "start")
    return _again(request, "_delete", delete_form=form)


def shown(by: Actor, **forms: Any) -> dict[str, Any]:
    """What the page and its parts are drawn from."""
    return {
        "name_form": NameForm(initial={"name": by.workspace.name}),
        "delete_form": DeleteForm(auto_id="delete_%s"),
        "may_delete": by.may("workspace.delete"),
        "may_rename": by.may("workspace.manage"),
        **forms,
    }


def _again(request: HttpRequest, part: str, *, status: int = 422, **forms: Any) -> HttpResponse:
    whole = not request.headers.get("HX-Request")
    template = "workspaces/settings.html" if whole else f"workspaces/{part}.html"
    return render(request, template, shown(request.by, **forms), status=status)
