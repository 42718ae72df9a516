"""Above every page of who pays: that a payment failed, or that a trial ends soon."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Subquery
from django.db.models.functions import JSONObject
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from workspaces.actor import Actor
from workspaces.banners import Banner
from workspaces.plans import over_words, plan_of

from .facts import FAILED, SOON
from .models import Billing


def fact(workspace: UUID) -> Any:
    """For the frame's query."""
    rows = Billing.objects.within(workspace)
    told = JSONObject(status="status", grace="grace_until", trial="trial_end", subscription="subscription")
    return Subquery(rows.values(fact=told)[:1])


def banner(request: HttpRequest) -> Banner | None:
    """From what the frame has read."""
    known = (getattr(request, "frame", None) or {}).get("billing")
    by: Actor = request.by  # type: ignore[attr-defined]
    if by.workspace.over:
        return _over(by)
    if not known or by.viewer is not None or not by.may("billing.manage"):
        return None
    address = reverse("billing", args=[by.workspace.slug])
    if known["status"] in FAILED:
        return Banner(_failed(_at(known["grace"])), "triangle-alert", "danger", link="Set it right", address=address)
    end = _at(known["trial"])
    if known["status"] == "trialing" and not known["subscription"] and end and end - timezone.now() < SOON:
        return Banner(
            f"The trial ends on {end:%-d %B}. Nothing is deleted then, and nothing is charged.",
            "clock",
            "accent",
            link=f"Keep {plan_of(by.workspace).name}",
            address=address,
        )
    return None


def _over(by: Actor) -> Banner:
    """To everybody: none of them can change a thing."""
    words = over_words(by.workspace).words
    if not by.may("billing.manage"):
        return Banner(words, "triangle-alert", "danger")
    address = reverse("billing", args=[by.workspace.slug])
    return Banner(words, "triangle-alert", "danger", link="Plans", address=address)


def _failed(until: datetime | None) -> str:
    if until and until > timezone.now():
        return (
            f"The last payment failed. Everything goes on as before until {until:%-d %B}; another card sets it right."
        )
    return "The last payment failed, and the workspace now has the limits of the free plan. Nothing was deleted; a payment brings its plan back."


def _at(said: str | None) -> datetime | None:
    return datetime.fromisoformat(said) if said else None
