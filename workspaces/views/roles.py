"""Roles: what each may do, side by side, and the forms in which custom ones are made and changed."""

from typing import Any
from uuid import UUID

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from ..actions import create_role, delete_role, update_role
from ..actions.roles import HIGHEST, holders, pending
from ..actor import Actor
from ..errors import Refused
from ..faces import face
from ..forms import RoleForm
from ..models import Role
from ..pages import member_page
from ..panels import absent, knows_everybody
from ..permissions import MEMBER, OPEN_TO_ROLES, PERMISSIONS, by_area, is_of
from ..roles import assignable, find, value_of
from .answers import blame, finished, onward


@member_page("GET", "POST")
def roles(request: HttpRequest) -> HttpResponse:
    """All roles and what they may do; POST makes one."""
    if request.method != "POST":
        return render(request, "workspaces/roles.html", _listed(request.by))
    form = RoleForm(request.POST)
    if form.is_valid():
        try:
            create_role(request.by, **form.cleaned_data)
        except Refused as no:
            _beside(form, no)
        else:
            return onward(request, "roles", request.by.workspace.slug)
    return _again(request, None, form)


@member_page("GET")
def role_new(request: HttpRequest) -> HttpResponse:
    """The form, filled like the role that `copy` names."""
    by = request.by
    by.must("role.manage")
    like = find(by, request.GET["copy"]) if request.GET.get("copy") else None
    return render(request, "workspaces/role.html", _form_of(by, None, RoleForm(initial=_start(by, like))))


@member_page("GET", "POST", "DELETE")
def role(request: HttpRequest, role: UUID) -> HttpResponse:
    """One role and who holds it; POST changes it, DELETE moves its people to `into` and deletes it."""
    by = request.by
    held = get_object_or_404(Role.objects.within(by.workspace), pk=role)
    if request.method == "DELETE":
        into = request.GET.get("into", "")
        delete_role(by, held, into=find(by, into) if into else None)
        return onward(request, "roles", by.workspace.slug)
    if request.method == "GET":
        return render(request, "workspaces/role.html", _form_of(by, held, RoleForm(initial=_facts(held))))
    return _save(request, held)


def _save(request: HttpRequest, held: Role) -> HttpResponse:
    form = RoleForm(request.POST)
    if form.is_valid():
        # what the person lacks themself is greyed out in the form, and so not sent: it stays
        kept = held.allowed - request.by.role.allowed
        try:
            update_role(
                request.by, held, **form.cleaned_data | {"permissions": {*form.cleaned_data["permissions"], *kept}}
            )
        except Refused as no:
            _beside(form, no)
        else:
            return finished(request, "role", request.by.workspace.slug, held.pk)
    return _again(request, held, form)


def _beside(form: RoleForm, no: Refused) -> None:
    """A refusal that names a field stands beside it; any other is the door's."""
    if no.field not in form.fields:
        raise no
    blame(form, no)


def _again(request: HttpRequest, held: Role | None, form: RoleForm) -> HttpResponse:
    whole = not request.headers.get("HX-Request")
    template = "workspaces/role.html" if whole else "workspaces/_role_form.html"
    return render(request, template, _form_of(request.by, held, form), status=422)


def _listed(by: Actor) -> dict[str, Any]:
    """The roles from the highest down, and the table of what they may."""
    rows = Role.objects.within(by.workspace).annotate(people=Count("memberships")).order_by("-level", "name")
    found = [_column(by, row) for row in rows]
    gone = absent(by)
    return {
        "roles": found, "may_manage": by.may("role.manage"), "member_level": MEMBER,
        "areas": [(area, [_line(name, found) for name in names if not is_of(name, gone)]) for area, names in by_area().items()],
    }  # fmt: skip


def _column(by: Actor, row: Role) -> dict[str, Any]:
    return {
        "role": row, "value": value_of(row), "mine": row.pk == by.role.pk, "below": row.level <= by.level,
        "may_change": not row.key and row.level <= by.level and by.may("role.manage"),
    }  # fmt: skip


def _line(name: str, columns: list[dict[str, Any]]) -> dict[str, Any]:
    """A permission, and role for role whether it is held."""
    held = [(one["role"].name, name in one["role"].allowed) for one in columns]
    return {"name": name, "sentence": PERMISSIONS[name], "held": held}


def _form_of(by: Actor, held: Role | None, form: RoleForm) -> dict[str, Any]:
    """The form of a role, and what stands around it."""
    knows, gone = knows_everybody(by), absent(by)
    chosen = set(form["permissions"].value() or ()) | (held.allowed - by.role.allowed if held else set())
    editable = by.may("role.manage") and (held is None or (not held.key and held.level <= by.level))
    return {
        "held": held, "form": form, "editable": editable, "highest": min(by.level, HIGHEST), "may_manage": by.may("role.manage"),
        "areas": [(area, _boxes(by, names, chosen, held, gone)) for area, names in by_area().items()],
        "holders": [face(one.user) | {"level": one.role.level} for one in holders(held)] if held and knows else [], "knows": knows,
        "invited": len(pending(held)) if held else 0,
        "heirs": [one for one in assignable(by) if held and one["id"] != held.pk],
    }  # fmt: skip


def _boxes(
    by: Actor, names: list[str], chosen: set[str], held: Role | None, gone: frozenset[str]
) -> list[dict[str, Any]]:
    """A line for each permission; those for owners alone only where an owner's role is shown; `unseen` are kept as they are."""
    shown = names if held and held.key else [name for name in names if name in OPEN_TO_ROLES]
    return [
        {
            "name": name,
            "sentence": PERMISSIONS[name],
            "on": name in chosen,
            "lacking": name not in by.role.allowed,
            "unseen": is_of(name, gone),
        }
        for name in shown
    ]


def _facts(held: Role) -> dict[str, Any]:
    return {"name": held.name, "description": held.words, "level": held.level, "permissions": sorted(held.allowed)}


def _start(by: Actor, like: Role | None) -> dict[str, Any]:
    """An empty form, or a copy with what the person can give of it."""
    if like is None:
        return {"level": min(MEMBER, by.level)}
    allowed = sorted(like.allowed & by.role.allowed & OPEN_TO_ROLES)
    return _facts(like) | {
        "name": f"{like.name[:35]} copy",
        "level": min(like.level, by.level, HIGHEST),
        "permissions": allowed,
    }
