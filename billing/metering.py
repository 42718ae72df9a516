"""Telling Stripe of AI beyond the plan: each event under its own identifier, so that a second telling counts nothing."""

import logging

from workspaces import tenancy
from workspaces.actor import Actor

from . import wire
from .actions.overage import counts_at, mark_sent, note_overage
from .models import MeterEvent
from .pulling import row_of

EVENT = "flowboard_ai_tokens"  # the meter's name at Stripe
log = logging.getLogger(__name__)


def settle_overage(by: Actor) -> int:
    """Note what is new, and tell all that is untold; how many events Stripe took. Raises what wire.ask does."""
    with tenancy.workspace(by.workspace.pk, atomic=True):
        note_overage(by)
        rows = list(MeterEvent.objects.within(by.workspace).filter(sent_at=None).order_by("pk"))
    billing = row_of(by.workspace.pk)
    for row in rows if billing and billing.customer else ():
        _tell(row, billing.customer)  # type: ignore[union-attr]
        with tenancy.workspace(by.workspace.pk, atomic=True):
            mark_sent(by, [row])
    return len(rows)


def _tell(row: MeterEvent, customer: str) -> None:
    payload = {"stripe_customer_id": customer, "value": str(row.tokens)}
    at = int(counts_at(row).timestamp())
    asked = {"event_name": EVENT, "identifier": str(row.pk), "payload": payload, "timestamp": at}
    wire.ask(lambda stripe: stripe.billing.meter_events.create(asked), known="already exists with identifier")
