"""Projects: making one, and its settings."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from workspaces.door import MemberRequest
from workspaces.errors import Refused
from workspaces.pages import done, member_page, on_or_off, one_id, sent

from .. import actions
from ..actions.projects import free_key
from ..models import COLORS, Project
from ..reading.finding import find_label, find_project
from ..reading.settings import find_member, settings_page
from .conflicts import merged, side_by_side
from .fields import version

NEW = ("name", "key", "description", "color", "private")


@member_page("GET", "POST")
def new(request: MemberRequest) -> HttpResponse:
    """The form of a new project, and what it sends."""
    request.by.must("project.create")
    if request.method == "GET":
        return _form(request, {"color": "blue"}, {})
    fields = sent(request, *NEW)
    given: dict[str, Any] = {name: fields[name] for name in NEW if name in fields} | {"private": "private" in fields}
    try:
        project = actions.create_project(request.by, **{"name": ""} | given)
    except Refused as no:
        return _form(request, given, {no.field: no.words})
    return redirect("board", request.by.workspace.slug, project.key)


@member_page("GET")
def key(request: MemberRequest) -> HttpResponse:
    """The key that a project of this name would have, while one types."""
    name = request.GET.get("name", "")[:80]
    suggested = free_key(request.by, name) if name.strip() else ""
    return render(request, "tasks/_key_hint.html", {"suggested": suggested})


def _form(request: MemberRequest, given: dict[str, Any], errors: dict[str, str]) -> HttpResponse:
    context = {"given": given, "errors": errors, "colors": COLORS}
    return render(request, "tasks/project_new.html", context, status=422 if errors else 200)


@member_page("GET", "POST", "DELETE")
@side_by_side
def settings(request: MemberRequest, key: str) -> HttpResponse:
    """What can be set, and setting it; the project's end."""
    project = find_project(request.by, key)
    if request.method == "GET":
        request.by.must("project.manage", project)
        return render(request, "tasks/project_settings.html", settings_page(request.by, project))
    if request.method == "DELETE":
        sent(request)
        actions.delete_project(request.by, project)
        messages.success(request, f"Deleted the project {project.name}. The activity page can bring it back.")
        response = done(request)
        response["HX-Redirect"] = reverse("home", args=[request.by.workspace.slug])
        return response
    return _change(request, project)


def _change(request: MemberRequest, project: Project) -> HttpResponse:
    fields = sent(request, "name", "description", "color", "private", "version")
    given: dict[str, Any] = {
        name: fields[name].replace("\r\n", "\n") for name in ("name", "description", "color") if name in fields
    }
    if "private" in fields:
        given["private"] = on_or_off(fields, "private")
    bases = dict.fromkeys(given, read) if (read := version(fields)) else None
    project = actions.update_project(request.by, project, bases=bases, **given)
    return done(request, version=project.version, **merged(project))


@member_page("POST", "DELETE")
def archive(request: MemberRequest, key: str) -> HttpResponse:
    """Put the project away, or bring it back."""
    project, _ = find_project(request.by, key), sent(request)
    if request.method == "POST":
        actions.archive_project(request.by, project)
        return done(request)
    actions.restore_project(request.by, project)
    messages.success(request, f"Brought the project {project.name} back.")
    response = done(request)
    response["HX-Refresh"] = "true"  # from any of its pages, where now more may be done
    return response


@member_page("POST", "DELETE")
def people(request: MemberRequest, key: str) -> HttpResponse:
    """Share the project with a person of the workspace, or stop it."""
    project = find_project(request.by, key)
    if request.method == "DELETE":
        fields = sent(request, "user")
        actions.unshare_project(request.by, project, person=find_member(request.by, one_id(fields, "user")))
    else:
        fields = sent(request, "user", "grant")
        person = find_member(request.by, one_id(fields, "user"))
        actions.share_project(request.by, project, person=person, grant=fields.get("grant", "edit_project"))
    return done(request)


@member_page("POST")
def labels(request: MemberRequest, key: str) -> HttpResponse:
    """Make a label."""
    project, fields = find_project(request.by, key), sent(request, "name", "color")
    actions.create_label(request.by, project, name=fields.get("name", ""), color=fields.get("color", "gray"))
    return done(request)


@member_page("POST", "DELETE")
def label(request: MemberRequest, key: str, label: UUID) -> HttpResponse:
    """Rename, recolour or remove a label."""
    found = find_label(request.by, find_project(request.by, key), label)
    if request.method == "DELETE":
        sent(request)
        actions.delete_label(request.by, found)
    else:
        fields = sent(request, "name", "color")
        actions.update_label(request.by, found, **{name: fields[name] for name in ("name", "color") if name in fields})
    return done(request)
