"""Access tokens of a workspace: one's own; for who manages them everybody's, and those of the workspace itself."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from ..actions import create_token, create_workspace_token, revoke_token
from ..actor import Actor
from ..api.tokens import seen
from ..errors import Refused
from ..faces import face
from ..models import AccessToken, Role
from ..pages import done, member_page
from ..panels import absent
from ..permissions import OWNER
from ..roles import every
from ..scopes import EVERYTHING
from ..token_forms import TokenForm
from .answers import blame, finished

SOON = timedelta(days=7)
MOST_SHOWN = 500


@member_page("GET", "POST")
def tokens(request: HttpRequest) -> HttpResponse:
    """POST makes a token, whose secret this one answer shows."""
    if request.method != "POST":
        return render(request, "workspaces/tokens.html", shown(request.by))
    form = TokenForm(request.POST, roles=_roles(request.by), gone=absent(request.by), auto_id="token_%s")
    if form.is_valid():
        try:
            made, secret = _make(request.by, form)
        except Refused as no:
            if no.status == 403:
                raise
            blame(form, no)
        else:
            response = _again(request, status=200, made=made, secret=secret)
            response["Cache-Control"] = "no-store"
            return response
    return _again(request, token_form=form)


@member_page("POST", "DELETE")
def token(request: HttpRequest, token: UUID) -> HttpResponse:
    """Revokes it, and shows what is left."""
    revoke_token(request.by, get_object_or_404(seen(request.by), pk=token))
    if not request.headers.get("HX-Request"):
        return finished(request, "access_tokens", request.by.workspace.slug)
    response = _again(request, status=200)
    response["HX-Trigger"] = done(request)["HX-Trigger"]
    return response


def _make(by: Actor, form: TokenForm) -> tuple[AccessToken, str]:
    said, days = form.cleaned_data, form.cleaned_data["days"]
    ends = timezone.now() + timedelta(days=days) if days else None
    if said["kind"] == AccessToken.Kind.PERSONAL:
        return create_token(by, name=said["name"], scopes=form.scopes(), expires_at=ends)
    by.must("token.manage")
    role = Role.objects.within(by.workspace).filter(pk=said["role"] or None).first()
    if role is None:
        raise Refused("Choose a role.", "role")
    return create_workspace_token(by, name=said["name"], role=role, scopes=form.scopes(), expires_at=ends)


def shown(by: Actor, **more: Any) -> dict[str, Any]:
    """What the page and its part are drawn from."""
    rows = [_line(by, row) for row in seen(by).filter(revoked_at=None).order_by("-pk")[:MOST_SHOWN]]
    return {
        "own": [row for row in rows if row["mine"]],
        "others": [row for row in rows if not row["mine"]],
        "manages": by.may("token.manage"),
        "token_form": TokenForm(roles=_roles(by), gone=absent(by), auto_id="token_%s"),
        "now": timezone.now(),
        **more,
    }


def _line(by: Actor, token: AccessToken) -> dict[str, Any]:
    left = token.expires_at - timezone.now() if token.expires_at else None
    return {
        "row": token, "mine": token.user_id == by.user.pk, "face": face(token.user), "program": token.user.is_program,
        "scopes": "Everything" if set(EVERYTHING) <= set(token.scopes) else ", ".join(token.scopes),
        "expired": left is not None and left <= timedelta(0), "soon": left is not None and timedelta(0) < left <= SOON,
        "days": max(left.days, 0) + 1 if left is not None else None,
    }  # fmt: skip


def _roles(by: Actor) -> list[Role]:
    """What a program may be; empty for who may make none."""
    if not by.may("token.manage"):
        return []
    return [role for role in every(by) if role.level < OWNER and role.is_within(by.role)]


def _again(request: HttpRequest, *, status: int = 422, **more: Any) -> HttpResponse:
    whole = not request.headers.get("HX-Request")
    template = "workspaces/tokens.html" if whole else "workspaces/_tokens.html"
    return render(request, template, shown(request.by, **more), status=status)
