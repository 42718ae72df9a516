"""Founding a workspace; its address is suggested and checked while one types."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from ..actions import create_workspace
from ..actions.workspaces import free_slug, slug_fault
from ..errors import Refused
from ..forms import WorkspaceForm
from .answers import blame, onward, wrong


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def workspace_new(request: HttpRequest) -> HttpResponse:
    """Name it, and on to its empty home."""
    if request.method != "POST":
        return render(request, "workspaces/new.html", {"form": WorkspaceForm()})
    form = WorkspaceForm(request.POST)
    if form.is_valid():
        try:
            membership = create_workspace(request.user, name=form.cleaned_data["name"], slug=form.cleaned_data["slug"])
        except Refused as no:
            blame(form, no)
        else:
            return onward(request, "home", membership.workspace.slug)
    return wrong(request, "workspaces/new.html", form=form)


@login_required
@require_safe
def workspace_slug(request: HttpRequest) -> HttpResponse:
    """While the name is typed: an address for it. While the address is typed: whether it is free."""
    name, slug = request.GET.get("name", "")[:80], request.GET.get("slug", "")[:60].strip().lower()
    if request.GET.get("own") == "1":  # the address was typed by hand: a new name leaves it alone
        return HttpResponse(status=204)
    if request.headers.get("HX-Trigger-Name") == "slug":
        fault = slug_fault(slug) if slug else ""
        return render(request, "workspaces/_slug_hint.html", {"own": bool(slug), "fault": fault, "slug": slug})
    return render(request, "workspaces/_slug_field.html", {"slug": free_slug(name) if name.strip() else ""})
