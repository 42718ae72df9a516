"""A suspended workspace can be read and taken out, and nothing in it changes, until the staff lifts it."""

from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from rest_framework.permissions import SAFE_METHODS as SAFE

from .actor import Actor
from .answers import problem_or_page
from .banners import Banner
from .errors import Forbidden

TYPE, TITLE = "urn:flowboard:workspace-suspended", "Workspace suspended"
# what ends somebody's looking in, and what answers it, goes on; so do leaving, removing somebody, and payment
OPEN = frozenset({"support_stop", "support_answer", "view_as", "leaving"})
REMOVING = ("member", "api_member")
PAYING = "/billing/"


class Suspended(Forbidden):
    """Where it was not said at the door: on a page that would only change something, and to a job."""

    def __init__(self, by: Actor) -> None:
        super().__init__(words(by))
        self.members = {"type": TYPE, "title": TITLE}


def closed(request: HttpRequest, by: Actor) -> HttpResponse | None:
    """What the door answers instead of a change; None where nothing is suspended, or nothing is changed."""
    if by.workspace.suspended_at is None or request.method in SAFE:
        return None
    return None if _goes_on(request) else problem_or_page(request, 403, words(by), type=TYPE, title=TITLE)


def _goes_on(request: HttpRequest) -> bool:
    try:
        found = resolve(request.path_info)
    except Resolver404:
        return False
    removes = found.url_name in REMOVING and request.method == "DELETE"
    return removes or found.url_name in OPEN or PAYING in found.route


def words(by: Actor) -> str:
    """What is, why, and what can still be done."""
    why = by.workspace.suspended_why.rstrip(".")
    return f"{by.workspace.name} is suspended by FlowBoard: {why}. Everything can be read and exported, and nothing changed but payment and who belongs to it. Answer the mail that its owners got, or write to the support."


def banner(request: HttpRequest) -> Banner | None:
    """Above every page of it."""
    by: Actor = request.by  # type: ignore[attr-defined]
    return Banner(words(by), "shield-check", "danger") if by.workspace.suspended_at else None
