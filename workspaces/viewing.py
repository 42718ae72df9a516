"""Viewing a workspace as a role: through narrower eyes, for an hour, without changing anything.

What is seen is what somebody of that role sees with whom nothing is shared, and never more than one sees oneself.
It is kept in the session, so that it ends with it.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid5

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from accounts.models import User

from . import tenancy
from .actor import Actor
from .banners import Banner
from .models import Role

LASTS = timedelta(hours=1)
KEPT = "view_as"


def ends() -> datetime:
    """When what begins now is over."""
    return timezone.now() + LASTS


def begin(request: HttpRequest, role: Role) -> None:
    """From the next request on."""
    request.session[KEPT] = {
        "workspace": str(role.workspace_id), "role": str(role.pk), "until": ends().timestamp()
    }  # fmt: skip


def end(request: HttpRequest) -> None:
    """Back to one's own eyes."""
    request.session.pop(KEPT, None)


def eyes(request: HttpRequest, by: Actor) -> Actor:
    """The actor as the request's session looks: oneself, or somebody of the role that is viewed."""
    kept = request.session.get(KEPT)
    if not kept or kept["workspace"] != str(by.workspace.pk) or request.path_info == address(by):
        return by
    role = _role(by, kept)
    if role is None:
        end(request)
        return by
    return replace(by, user=_somebody(by, role), role=role.narrowed(by.role), viewer=by.user)


def _role(by: Actor, kept: dict[str, str | float]) -> Role | None:
    """The viewed role, while the hour lasts and the viewer may still look through it."""
    if not by.holds("role.manage") or float(kept["until"]) <= timezone.now().timestamp():
        return None
    with tenancy.workspace(by.workspace.pk, atomic=True):
        found: Role | None = Role.objects.within(by.workspace).filter(pk=kept["role"], level__lte=by.level).first()
    return found


def _somebody(by: Actor, role: Role) -> User:
    """A person who does not exist, so that nothing is theirs: no grant, no token, no task."""
    return User(id=uuid5(by.user.pk, KEPT), name=f"Somebody ({role.name})", time_zone=by.user.time_zone)


def address(by: Actor) -> str:
    """Where viewing begins and ends: the one address at which oneself is asked."""
    return reverse("view_as", args=[by.workspace.slug])


def banner(request: HttpRequest) -> Banner | None:
    """Says so above every page."""
    by: Actor = request.by  # type: ignore[attr-defined]
    if by.viewer is None:
        return None
    words = f"You are viewing {by.workspace.name} as {by.role.name}. Nothing can be changed."
    return Banner(words, "eye", "accent", "Stop viewing", address(by), (("stop", "1"),))
