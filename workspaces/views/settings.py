"""Settings of a workspace: its name, one's access tokens, its end."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from ..actions import create_token, delete_workspace, revoke_token, update_workspace
from ..actor import Actor
from ..errors import Refused
from ..forms import DeleteForm, NameForm, TokenForm
from ..models import AccessToken
from ..pages import member_page
from .answers import blame, finished, onward


@member_page("GET", "POST")
def settings(request: HttpRequest) -> HttpResponse:
    """Name, tokens, and the door to deleting; POST renames."""
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


@member_page("POST", "DELETE")
def tokens(request: HttpRequest, token: UUID | None = None) -> HttpResponse:
    """POST makes a token, whose secret this one answer shows; DELETE (or POST to one) revokes it."""
    if token:
        revoke_token(request.by, get_object_or_404(_tokens(request.by), pk=token))
        return finished(request, "settings", request.by.workspace.slug)
    form = TokenForm(request.POST, auto_id="token_%s")
    if form.is_valid():
        days = form.cleaned_data["days"]
        try:
            made, secret = create_token(
                request.by,
                name=form.cleaned_data["name"],
                expires_at=timezone.now() + timedelta(days=days) if days else None,
            )
        except Refused as no:
            blame(form, no)
        else:
            return _again(request, "_tokens", status=200, made=made, secret=secret)
    return _again(request, "_tokens", token_form=form)


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
        "token_form": TokenForm(auto_id="token_%s"),
        "delete_form": DeleteForm(auto_id="delete_%s"),
        "tokens": list(_tokens(by).order_by("-created_at")),
        "now": timezone.now(),
        "may_delete": by.may("workspace.delete"),
        "may_rename": by.may("workspace.manage"),
        **forms,
    }


def _tokens(by: Actor) -> Any:
    return AccessToken.objects.within(by.workspace).filter(user=by.user, revoked_at=None)


def _again(request: HttpRequest, part: str, *, status: int = 422, **forms: Any) -> HttpResponse:
    whole = not request.headers.get("HX-Request")
    template = "workspaces/settings.html" if whole else f"workspaces/{part}.html"
    return render(request, template, shown(request.by, **forms), status=status)
