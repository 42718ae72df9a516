"""The page behind an invitation's link: what it is to, from whom, and one button."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from .. import tenancy
from ..actions import accept_invitation
from ..models import Invitation, Membership
from ..tokens import digest


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_variables("token")
def invitation(request: HttpRequest, workspace_id: UUID, token: str) -> HttpResponse:
    """GET shows it; POST joins. Who is signed out comes back here after signing up or in."""
    held = _find(workspace_id, token)
    if held is None or held.state != "pending" or held.workspace.deleted_at:
        if held and request.user.is_authenticated and _is_in(request, held):
            return redirect("home", held.workspace.slug)
        return _page(request, held, 410 if held else 404)
    if not request.user.is_authenticated:
        request.session["invitation"] = request.path
        return _page(request, held)
    if request.method == "POST" or _is_in(request, held):
        request.session.pop("invitation", None)
        return _join(request, held)
    return _page(request, held)


def _find(workspace_id: UUID, token: str) -> Invitation | None:
    """The invitation of the secret, compared by its hash."""
    wanted = digest(token)
    with tenancy.workspace(workspace_id, atomic=True):
        rows = Invitation.objects.filter(workspace_id=workspace_id, token_hash=wanted)
        held: Invitation | None = rows.select_related("workspace", "role", "invited_by").first()
    return held if held and constant_time_compare(held.token_hash, wanted) else None


def _is_in(request: HttpRequest, held: Invitation) -> bool:
    with tenancy.person(request.user.pk, atomic=True):
        return (
            Membership.objects.of(request.user)
            .filter(workspace_id=held.workspace_id, workspace__deleted_at=None)
            .exists()
        )


def _join(request: HttpRequest, held: Invitation) -> HttpResponse:
    membership = accept_invitation(request.user, held)
    return redirect("home", membership.workspace.slug)


def _page(request: HttpRequest, held: Invitation | None, status: int = 200) -> HttpResponse:
    context = {"invitation": held, "state": held.state if held else "unknown"}
    return render(request, "workspaces/invitation.html", context, status=status)
