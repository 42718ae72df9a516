"""What every page knows: who looks at it, and the frame around it."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db import transaction
from django.db.models import Exists
from django.db.models.functions import JSONObject, Lower
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from accounts.endings import session_id
from accounts.models import User
from ai import banners as ai_banners
from ai import frame as ai_frame
from billing import banners as billing_banners
from office import announcing
from tasks.models import Project
from tasks.notices.reading import unread
from workspaces import support, suspension, tenancy, viewing
from workspaces.actor import Actor
from workspaces.banners import Banner, Source
from workspaces.compiled import compiled, stand_in
from workspaces.faces import crest, face
from workspaces.models import Membership, Stream, SupportAccess, Workspace
from workspaces.pages import asked_parts

RIGHTS = {
    "invite": "member.invite", "create_project": "project.create", "audit": "audit.read", "manage": "workspace.manage", "support": "support.grant", "billing": "billing.manage", "automate": "automation.manage",
}  # fmt: skip
# what stands above every page of a workspace while it holds, in the order shown
BANNERS: list[Source] = [
    viewing.banner,
    support.banner,
    suspension.banner,
    billing_banners.banner,
    announcing.banner,
    ai_banners.banner,
]
FRAMED = {"main", "sidebar", "pane"}  # a pane links the projects named in its text


class FrameFirst:
    """Reads the frame of a workspace's page before the page reads its rows, so that no event falls between the two."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method in ("GET", "HEAD") and hasattr(request, "by") and not request.path_info.startswith("/api/"):
            parts = asked_parts(request)
            request.frame = frame_of(request.by, whole=not parts or bool(FRAMED & parts.keys()))  # type: ignore[attr-defined]
        return self.get_response(request)


def page(request: HttpRequest) -> dict[str, Any]:
    """The actor, the frame, the theme and the nonce. None of it reads: an error page must draw without a database."""
    frame = getattr(request, "frame", None) or SimpleLazyObject(lambda: _frame(request))
    return {
        "by": getattr(request, "by", None), "frame": frame, "theme": _theme(request),
        "csp_nonce": getattr(request, "csp_nonce", ""), "banners": partial(banners, request),
        "session_mark": _session_mark(request), "sold": bool(settings.STRIPE_SECRET_KEY),
    }  # fmt: skip


def _session_mark(request: HttpRequest) -> str:
    """Which session a page belongs to, without saying it: static/js/push.js knows a new one by it."""
    key = getattr(getattr(request, "session", None), "session_key", None)
    return session_id(key)[:12] if key else ""


def banners(request: HttpRequest) -> list[Banner]:
    """The lines above a page of a workspace."""
    found = (source(request) for source in BANNERS) if hasattr(request, "by") else ()
    return [banner for banner in found if banner]


def _frame(request: HttpRequest) -> dict[str, Any] | None:
    if not getattr(request, "user", None) or not request.user.is_authenticated:
        return None
    if not hasattr(request, "frame"):
        by = getattr(request, "by", None)
        request.frame = frame_of(by) if by else LazyFrame(request.user)  # type: ignore[attr-defined]
    return request.frame  # type: ignore[attr-defined, no-any-return]


def _theme(request: HttpRequest) -> str:
    theme = getattr(request.__dict__.get("_cached_user"), "theme", "system")  # as far as the person is known already
    return "" if theme == "system" else str(theme)


def frame_of(by: Actor, *, whole: bool = True) -> dict[str, Any]:
    """The frame of a workspace's page in one query; a piece of a page needs only where the stream stands."""
    person = by.viewer or by.author
    frame = {
        "workspace": crest(by.workspace), "user": face(person) | {"email": person.email}, "projects": [], "workspaces": [],
        "may": {name: by.may(permission) for name, permission in RIGHTS.items()},
    }  # fmt: skip
    ((head, epoch, ai, *around),) = (
        _stream(by.workspace.pk, by.user.pk, person.pk, level=by.level) if whole else _head(by.workspace.pk, by.user.pk)
    )
    frame |= {"head": head, "epoch": epoch, **ai_frame.facts(by, ai)}
    frame["ai_desk"] = frame["ai_offered"] or frame["may"]["manage"]
    if not whole:
        return frame
    projects, workspaces, support_open, waiting, billing = around
    return frame | {
        "projects": projects, "workspaces": [_crest(one) for one in workspaces], "support_open": support_open,
        "unread": len(waiting), "billing": billing,
    }  # fmt: skip


@compiled
def _head(workspace: UUID, user: UUID) -> Any:
    return Stream.objects.within(workspace).values_list("head", "epoch", ai_frame.switched_on(workspace, user))


@compiled
def _stream(workspace: UUID, user: UUID, person: UUID, *, level: int) -> Any:
    """Where the stream stands, the projects that the person sees, their workspaces, whether support asks or is here, whether they have the AI, what waits in their inbox, and whether all is paid."""
    by = stand_in(workspace, user, level)
    projects = Project.objects.visible_to(by).filter(archived_at=None).order_by(Lower("name"), "key")
    return Stream.objects.within(workspace).values_list(
        "head", "epoch", ai_frame.switched_on(workspace, user),
        ArraySubquery(projects.values(fact=JSONObject(name="name", key="key", private="private", read_only="read_only"))),
        ArraySubquery(_memberships(User(id=person)).values(fact=_WORKSPACE)),
        Exists(SupportAccess.objects.within(workspace).filter(state__in=support.OPEN)), ArraySubquery(unread(by)),
        billing_banners.fact(workspace),
    )  # fmt: skip


_WORKSPACE = JSONObject(id="workspace_id", name="workspace__name", slug="workspace__slug")


def _memberships(user: User) -> Any:
    """The person's own memberships: needs `tenancy.person(user)`, in which the door's requests run."""
    return Membership.objects.of(user).filter(workspace__deleted_at=None).order_by(Lower("workspace__name"))


def _crest(fact: dict[str, str]) -> dict[str, Any]:
    return crest(Workspace(id=UUID(fact["id"]), name=fact["name"], slug=fact["slug"]))


class LazyFrame(dict[str, Any]):
    """The frame outside of a workspace; the workspaces are read when the sidebar asks for them."""

    def __init__(self, user: User) -> None:
        super().__init__(workspace=None, user=face(user) | {"email": user.email}, projects=[], may={}, **ai_frame.OFF)
        self.person = user

    def __missing__(self, name: str) -> Any:
        if name != "workspaces":
            raise KeyError(name)
        with tenancy.person(self.person.pk), transaction.atomic():
            self["workspaces"] = [_crest(fact) for fact in _memberships(self.person).values_list(_WORKSPACE, flat=True)]
        return self["workspaces"]
