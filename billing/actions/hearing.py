"""What Stripe told, stored before anything is done about it; and what came of it."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db.models import F
from django.utils import timezone

from ..models import StripeEvent


def store_event(said: dict[str, Any]) -> bool:
    """Whether it is one that we had not heard; each id is stored once, however often it comes."""
    thing = said["data"]["object"]
    known = {
        "type": said["type"][:100], "object_id": str(thing.get("id") or "")[:255], "customer": _customer(thing)[:255],
        "created_at": datetime.fromtimestamp(said["created"], UTC),
    }  # fmt: skip
    found, made = StripeEvent.objects.get_or_create(event=said["id"], defaults=known)
    if not made:
        StripeEvent.objects.filter(pk=found.pk).update(deliveries=F("deliveries") + 1)
    return made


def close_events(ids: Iterable[UUID], outcome: str, fault: str = "") -> None:
    """They are dealt with; a failed one stays open, and is tried again."""
    done = None if outcome == "failed" else timezone.now()
    StripeEvent.objects.filter(pk__in=list(ids), done_at=None).update(
        done_at=done, outcome=outcome, fault=fault[:300], tries=F("tries") + 1
    )


def reopen_events(ids: Iterable[UUID]) -> int:
    """As if they had just come: the staff has them done again."""
    return StripeEvent.objects.filter(pk__in=list(ids)).update(done_at=None, outcome="", fault="", tries=0)


def _customer(thing: dict[str, Any]) -> str:
    if thing.get("object") == "customer":
        return str(thing.get("id") or "")
    customer = thing.get("customer")
    return str((customer.get("id") if isinstance(customer, dict) else customer) or "")
