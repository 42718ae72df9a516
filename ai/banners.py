"""Above every page of who has the AI: that the month's tokens run low (to who manages the workspace, until they put it away), or are used up."""

from django.http import HttpRequest
from django.urls import reverse

from workspaces.actor import Actor
from workspaces.banners import Banner

from .budget import Stand
from .words import full_words, low_words


def banner(request: HttpRequest) -> Banner | None:
    """From what the frame has read; a piece of a page has no banners."""
    frame, by = getattr(request, "frame", None) or {}, request.by  # type: ignore[attr-defined]
    stand: Stand | None = frame.get("ai_stand")
    if not frame.get("ai") or stand is None or by.viewer is not None or by.staff is not None:
        return None
    if stand.full:
        return Banner(full_words(), "sparkles", "warn", link=_ways(by), address=_address(by))
    if stand.low and by.may("workspace.manage") and not frame.get("ai_warned"):
        action = reverse("ai_settings", args=[by.workspace.slug])
        return Banner(
            low_words(stand),
            "sparkles",
            "accent",
            "Put away",
            action,
            (("part", "warning"),),
            link="See usage",
            address=_address(by),
        )
    return None


def _ways(by: Actor) -> str:
    return "What you can do" if by.may("workspace.manage") else "Your usage"


def _address(by: Actor) -> str:
    return reverse("ai_usage", args=[by.workspace.slug])
