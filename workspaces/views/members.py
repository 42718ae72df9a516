"""Who is in the workspace, in which role, and who is invited."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from ..actions import change_role, invite_member, leave_workspace, remove_member, revoke_invitation
from ..actor import Actor
from ..errors import Refused
from ..faces import face
from ..forms import InviteForm
from ..jobs import invitation_url
from ..models import Invitation, Membership, Role
from ..pages import member_page
from ..permissions import SYSTEM_ROLES
from .answers import blame, finished, onward

DAY = timedelta(days=1)


@member_page("GET")
def members(request: HttpRequest) -> HttpResponse:
    """Everybody, and the invitations that wait."""
    return render(request, "workspaces/members.html", shown(request.by))


@member_page("POST", "DELETE")
def member(request: HttpRequest, membership: UUID) -> HttpResponse:
    """POST gives another role; DELETE removes. One's own row is left by `leaving`."""
    by = request.by
    held = get_object_or_404(Membership.objects.within(by.workspace).select_related("user", "role"), pk=membership)
    if request.method == "DELETE":
        remove_member(by, held)
    else:
        change_role(by, held, role=_role(by, request.POST.get("role", "")))
    return finished(request, "members", by.workspace.slug, sidebar=held.user_id == by.user.pk)


@member_page("POST")
def leaving(request: HttpRequest) -> HttpResponse:
    """Go, and on to another workspace of one's own."""
    leave_workspace(request.by)
    return onward(request, "start")


@member_page("POST")
def invitations(request: HttpRequest) -> HttpResponse:
    """Invites one or several; an address that cannot be invited stops all, so that none is forgotten."""
    form = InviteForm(request.POST)
    if form.is_valid():
        try:
            return _invite(request, form)
        except Refused as no:
            if no.status != Refused.status and not no.field:
                raise
            blame(form, _to_emails(no))
    whole = not request.headers.get("HX-Request")
    template = "workspaces/members.html" if whole else "workspaces/_invite.html"
    return render(request, template, shown(request.by, invite_form=form), status=422)


def _invite(request: HttpRequest, form: InviteForm) -> HttpResponse:
    by, addresses = request.by, form.addresses()
    role = _role(by, form.cleaned_data["role"])
    if not addresses:
        raise Refused("Give at least one e-mail address.", "emails")
    for email in addresses:
        _invite_one(by, email, role)
    words = f"Invited {addresses[0]}" if len(addresses) == 1 else f"Invited {len(addresses)} people"
    return finished(request, "members", by.workspace.slug, sentence=words)


def _invite_one(by: Actor, email: str, role: Role) -> None:
    try:
        invite_member(by, email=email, role=role)
    except Refused as no:
        if no.field == "email":
            no.words = f"{email[:80]}: {no.words}"
        raise


def _to_emails(no: Refused) -> Refused:
    return Refused(no.words, "emails" if no.field == "email" else no.field)


@member_page("POST", "DELETE")
def invitation(request: HttpRequest, invitation: UUID) -> HttpResponse:
    """POST sends a fresh link in place of the old one; DELETE revokes."""
    by = request.by
    by.must("member.invite")
    held = get_object_or_404(Invitation.objects.within(by.workspace).select_related("role"), pk=invitation)
    if request.method == "DELETE":
        revoke_invitation(by, held)
        return finished(request, "members", by.workspace.slug)
    invite_member(by, email=held.email, role=held.role)
    return finished(request, "members", by.workspace.slug, sentence=f"Sent {held.email} a fresh link")


def _role(by: Actor, key: str) -> Role:
    role = Role.objects.within(by.workspace).filter(key=key).first() if key in SYSTEM_ROLES else None
    if role is None:
        raise Refused("There is no such role.", "role")
    return role


def shown(by: Actor, **forms: Any) -> dict[str, Any]:
    """What the page and its parts are drawn from."""
    rows = (
        Membership.objects.within(by.workspace)
        .select_related("user", "role")
        .order_by("-role__level", "user__name", "pk")
    )
    people = [_line(by, row) for row in rows]
    owners = sum(row["level"] >= SYSTEM_ROLES["owner"].level for row in people)
    return {
        "people": people,
        "last_owner": owners == 1,
        "roles": [role for role in SYSTEM_ROLES.values() if role.level <= by.level],
        "all_roles": list(SYSTEM_ROLES.values()),
        "invitations": _pending(by),
        "invite_form": InviteForm(initial={"role": "member"}),
        "may_invite": by.may("member.invite"),
        "may_manage": by.may("role.manage"),
        **forms,
    }


def _line(by: Actor, row: Membership) -> dict[str, Any]:
    mine = row.user_id == by.user.pk
    below = row.role.level <= by.level
    return {
        "id": row.pk, "face": face(row.user), "email": row.user.email, "role": row.role, "level": row.role.level, "mine": mine,
        "joined_at": row.joined_at, "may_change": by.may("role.manage") and below,
        "may_remove": by.may("member.remove") and below and not mine,
    }  # fmt: skip


def _pending(by: Actor) -> list[dict[str, Any]]:
    if not by.may("member.invite"):
        return []
    rows = Invitation.objects.within(by.workspace).filter(accepted_at=None, revoked_at=None)
    rows = rows.select_related("role", "invited_by").order_by("-created_at")[:200]
    now = timezone.now()
    return [{"row": row, "url": invitation_url(row), "days": -((now - row.expires_at) // DAY)} for row in rows]
