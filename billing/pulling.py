"""Looking at Stripe: what it holds of one workspace, taken over whole. Run as often as one likes, in whatever order."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from workspaces import tenancy
from workspaces.actor import Actor
from workspaces.errors import Stale
from workspaces.owners import system_of

from . import wire
from .actions.following import follow_stripe
from .facts import EXPANDED, Facts, chosen, extra, facts_of, invoice_of
from .models import Billing, Plan

TRIES = 8
INVOICES = 24


@dataclass
class Held:
    """What Stripe holds of a customer."""

    facts: Facts | None
    invoices: list[dict[str, Any]] = field(default_factory=list)
    extra: list[str] = field(default_factory=list)  # ids of subscriptions beside the one that counts


def pull(workspace_id: UUID, by: Actor | None = None) -> Billing | None:
    """Look, and follow; `by` is who made it change, else the system. None: it is no customer, or nobody owns it.

    Whoever takes over an answer in between makes this one stale: it is not taken over then, and asked for again.
    """
    by = by or system_of(workspace_id)
    for _ in range(TRIES):
        row = row_of(workspace_id)
        if by is None or row is None or not row.customer:
            return None
        held = look(row.customer)
        try:
            return follow_stripe(by, facts=held.facts, invoices=held.invoices, seen=row.version)
        except Stale:
            continue
    raise Stale("The subscription keeps changing. Try again in a moment.")


def row_of(workspace_id: UUID) -> Billing | None:
    """As it stands."""
    with tenancy.workspace(workspace_id, atomic=True):
        return Billing.objects.within(workspace_id).first()  # type: ignore[no-any-return]


def look(customer: str) -> Held:
    """Ask Stripe; outside of any transaction."""
    rows = list(wire.all_of(_subscriptions, customer=customer, status="all", expand=EXPANDED))
    bills = wire.ask(lambda stripe: stripe.invoices.list({"customer": customer, "limit": INVOICES}))
    return held_of(rows, bills["data"])


def held_of(rows: list[dict[str, Any]], bills: list[dict[str, Any]]) -> Held:
    """The same from what was read already."""
    sub = chosen(rows)
    facts = facts_of(sub, Plan.objects.all()) if sub else None
    return Held(facts, [invoice_of(bill) for bill in bills], [row["id"] for row in extra(rows)])


def _subscriptions(stripe: Any, params: dict[str, Any]) -> Any:
    return stripe.subscriptions.list(params)
