"""A suspended workspace can be read and taken out, and nothing in it changes, until the staff lifts it."""

from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from rest_framework.permissions import SAFE_METHODS as SAFE

from .actor import Actor
from .answers import problem_or_page
from .banners import Banner

TYPE = "urn:flowboard:workspace-suspended"
# what ends somebody's looking in, and what answers it, goes on
OPEN = frozenset({"support_stop", "support_answer", "view_as"})


def closed(request: HttpRequest, by: Actor) -> HttpResponse | None:
    """What the door answers instead of a change; None where nothing is suspended, or nothing is changed."""
    if by.workspace.suspended_at is None or request.method in SAFE:
        return None
    if _named(request) in OPEN:
        return None
    return problem_or_page(request, 403, words(by), type=TYPE, title="Workspace suspended")


def _named(request: HttpRequest) -> str | None:
    try:
        return resolve(request.path_info).url_name
    except Resolver404:
        return None


def words(by: Actor) -> str:
    """What is, why, and what can still be done."""
    why = by.workspace.suspended_why.rstrip(".")
    return f"{by.workspace.name} is suspended by FlowBoard: {why}. Everything can be read and exported, and nothing changed. Answer the mail that its owners got, or write to the support."


def banner(request: HttpRequest) -> Banner | None:
    """Above every page of it."""
    by: Actor = request.by  # type: ignore[attr-defined]
    return Banner(words(by), "shield-check", "danger") if by.workspace.suspended_at else None
