"""Who is in the workspace, in which role, and who is invited."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from ..actions import change_role, invite_member, leave_workspace, remove_member, revoke_invitation, transfer_ownership
from ..actor import Actor
from ..errors import Refused
from ..faces import face
from ..forms import InviteForm, OwnershipForm
from ..jobs import invitation_url
from ..models import Invitation, Membership, Role
from ..pages import member_page
from ..panels import knows_everybody, people_known
from ..permissions import OWNER
from ..roles import assignable, every, find, option, value_of
from ..widening import difference
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
    held = _held(by, membership)
    if request.method == "DELETE":
        remove_member(by, held)
    else:
        change_role(by, held, role=_chosen(by, held, request.POST.get("role", "")))
    return finished(request, "members", by.workspace.slug, sidebar=held.user_id == by.user.pk)


def _chosen(by: Actor, held: Membership, said: str) -> Role:
    """The role that was chosen; an owner is made on a page of its own, which asks for the address."""
    role = find(by, said)
    if role.level >= OWNER > held.role.level:
        raise Refused("To make somebody an owner, choose “Make owner” beside their name.", "role")
    return role


@member_page("GET")
def member_role(request: HttpRequest, membership: UUID) -> HttpResponse:
    """What another role would give and take: the question before it is done."""
    by = request.by
    by.must("role.manage")
    held, to = _held(by, membership), find(by, request.GET.get("role", ""))
    told = {"held": held, "to": to, "value": value_of(to), "difference": difference(by, held.role, to)}
    return render(request, "workspaces/_role_change.html", told)


@member_page("GET", "POST")
def ownership(request: HttpRequest, membership: UUID) -> HttpResponse:
    """Makes a member an owner, and oneself an admin or not, when the address was typed."""
    by = request.by
    by.must("workspace.transfer")
    held = _held(by, membership)
    form = OwnershipForm(request.POST) if request.method == "POST" else OwnershipForm(initial={"step_down": "0"})
    if form.is_valid():
        try:
            transfer_ownership(by, held, **form.cleaned_data)
        except Refused as no:
            if no.field not in form.fields:
                raise
            blame(form, no)
        else:
            return onward(request, "members", by.workspace.slug)
    status = 422 if form.is_bound else 200
    return render(request, "workspaces/ownership.html", {"held": held, "form": form}, status=status)


def _held(by: Actor, membership: UUID) -> Membership:
    found: Membership = get_object_or_404(people_known(by), pk=membership)
    return found


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
    role = find(by, form.cleaned_data["role"])
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
    by.must_hold("member.invite")
    held = get_object_or_404(Invitation.objects.within(by.workspace).select_related("role"), pk=invitation)
    if request.method == "DELETE":
        revoke_invitation(by, held)
        return finished(request, "members", by.workspace.slug)
    invite_member(by, email=held.email, role=held.role)
    return finished(request, "members", by.workspace.slug, sentence=f"Sent {held.email} a fresh link")


def shown(by: Actor, **forms: Any) -> dict[str, Any]:
    """What the page and its parts are drawn from."""
    rows, everybody = people_known(by).order_by("-role__level", "user__name", "pk"), knows_everybody(by)
    given = assignable(by)
    known = {one["value"] for one in given}
    people = [_line(by, row, known, everybody) for row in rows]
    owners = sum(row["level"] >= OWNER for row in people)
    return {
        "people": people,
        "everybody": everybody,
        "last_owner": owners == 1,
        "roles": given,
        "all_roles": every(by),
        "invitations": _pending(by),
        "invite_form": InviteForm(initial={"role": "member"}),
        "may_invite": by.may("member.invite"),
        "may_manage": by.may("role.manage"),
        "may_transfer": by.may("workspace.transfer"),
        **forms,
    }


def _line(by: Actor, row: Membership, known: set[str], addresses: bool) -> dict[str, Any]:
    mine = row.user_id == by.user.pk
    below = row.role.level <= by.level
    own = option(row.role)
    return {
        "id": row.pk, "face": _face(row, mine or addresses), "email": row.user.email if mine or addresses else "", "role": row.role, "value": own["value"], "kept": None if own["value"] in known else own, "level": row.role.level, "mine": mine,
        "joined_at": row.joined_at, "may_change": by.may("role.manage") and below and not mine,
        "may_own": by.may("workspace.transfer") and row.role.level < OWNER and not row.user.is_program,
        "may_remove": by.may("member.remove") and below and not mine, "program": row.user.is_program,
    }  # fmt: skip


def _face(row: Membership, address: bool) -> dict[str, Any]:
    """Whoever has not said their name is called by their address, but not to guests."""
    return face(row.user) | ({} if address or row.user.name else {"name": "No name yet", "initials": "?"})


def _pending(by: Actor) -> list[dict[str, Any]]:
    if not by.holds("member.invite") or by.workspace.suspended_at is not None:
        return []
    rows = Invitation.objects.within(by.workspace).filter(accepted_at=None, revoked_at=None)
    rows = rows.select_related("role", "invited_by").order_by("-created_at")[:200]
    now = timezone.now()
    return [{"row": row, "url": _link(by, row), "days": -((now - row.expires_at) // DAY)} for row in rows]


def _link(by: Actor, row: Invitation) -> str:
    """To who could give the role themself: whoever reads it may follow it, with another account."""
    return invitation_url(row) if row.role.is_within(by.role) else ""
