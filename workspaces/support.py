"""The staff in a customer's workspace: admitted as a member with an owner's consent, for its time, and in words above every page.

The consent is asked of the database at each request, so that it ends at once. It holds for pages, never for REST or
sockets, and never makes the staff's session the member's: what is the person's own stays out of reach.
"""

from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from . import tenancy
from .actions.support import find_for_staff, is_support, note_viewed
from .actor import Actor
from .banners import Banner
from .models import Membership, SupportAccess

KEPT = "support"
State = SupportAccess.State
OPEN = (State.REQUESTED, State.GRANTED)


def begin(request: HttpRequest, access: SupportAccess, slug: str) -> None:
    """From the next request on."""
    request.session[KEPT] = {"slug": slug, "workspace": str(access.workspace_id), "access": str(access.pk)}


def end(request: HttpRequest) -> None:
    """No longer."""
    request.session.pop(KEPT, None)


def admit(request: HttpRequest, slug: str) -> Actor | None:
    """The member as whom this request's staff may act here, now."""
    kept = request.session.get(KEPT)
    if not kept or kept["slug"] != slug or not request.path_info.startswith("/w/"):
        return None
    with tenancy.workspace(kept["workspace"], atomic=True):
        by = _acting(request, UUID(kept["workspace"]), UUID(kept["access"]), slug) if is_support(request.user) else None  # type: ignore[arg-type]
    if by is None:
        end(request)
    return by


def _acting(request: HttpRequest, workspace: UUID, pk: UUID, slug: str) -> Actor | None:
    access = find_for_staff(workspace, pk, request.user)  # type: ignore[arg-type]
    if access is None:
        return None
    rows = Membership.objects.within(workspace).select_related("user", "role", "workspace")
    here = {"workspace__slug": slug, "workspace__deleted_at": None, "user__is_active": True}
    membership = rows.filter(user=access.person_id, **here).first()
    if membership is None:
        return None
    request.support_access = access  # type: ignore[attr-defined]
    return Actor(
        membership.workspace, membership.user, membership.role, "support", staff=access.staff, until=access.expires_at
    )


def note_look(request: HttpRequest, by: Actor) -> None:
    """Before the page is drawn: what cannot be recorded is not shown."""
    page = request.path_info.removeprefix(f"/w/{by.workspace.slug}")[:200]
    note_viewed(by, request.support_access, page=page)  # type: ignore[attr-defined]


def banner(request: HttpRequest) -> Banner | None:
    """Above every page: to the staff what they are doing, to owners what awaits them or goes on."""
    by: Actor = request.by  # type: ignore[attr-defined]
    if by.staff is not None:
        until = timezone.localtime(by.until)
        words = f"You act as {by.user} in {by.workspace} until {until:%H:%M}. Every step is recorded."
        return Banner(words, "shield-check", "danger", "Stop", reverse("support_stop", args=[by.workspace.slug]))
    told = getattr(request, "frame", None) or {}  # which has asked already, with what else stands around the page
    return _owners(by) if told.get("support_open") and by.viewer is None and by.may("support.grant") else None


def _owners(by: Actor) -> Banner | None:
    rows = SupportAccess.objects.within(by.workspace).select_related("staff", "person")
    for access in rows.filter(state__in=OPEN).order_by("-requested_at")[:20]:
        address = reverse("support", args=[by.workspace.slug])
        if access.running:
            words = f"{access.staff} of FlowBoard support may act as {access.person} until {timezone.localtime(access.expires_at):%H:%M}."
            return Banner(words, "shield-check", "warn", link="See and end", address=address)
        if access.awaits:
            words = f"{access.staff} of FlowBoard support asks to act as {access.person}."
            return Banner(words, "shield-check", "warn", link="Answer", address=address)
    return None
