"""What owners do at Stripe: each asks Stripe first, outside of any transaction, and then takes over what came of it.

A key names each try by the row's version, so that a second click, or another owner at the same moment, does it once.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone

from workspaces import tenancy
from workspaces.actor import Actor
from workspaces.errors import Refused, Stale

from . import wire
from .actions.subscribing import note_checkout, note_customer, note_try, set_overage
from .errors import Moved, NotSold, Silent
from .facts import licensed
from .models import Billing, Plan
from .pulling import pull, row_of
from .seats import count_seats

SHORTEST = timedelta(hours=48)  # Stripe takes no trial that ends sooner
Row = dict[str, Any]


@dataclass(frozen=True)
class Offer:
    """What is to be bought: a plan, for a month or a year at a time, for so many people."""

    plan: Plan
    interval: str
    seats: int

    @property
    def price(self) -> str:
        """Stripe's id of it."""
        return self.plan.prices[self.interval]

    @property
    def cents(self) -> int | None:
        """Of all seats, for one interval."""
        one = self.plan.cents(self.interval)
        return None if one is None else one * self.seats


def offer(by: Actor, plan: str, interval: str) -> Offer:
    """Raises NotSold for what cannot be bought."""
    wire.must_be_ready()
    found = Plan.objects.filter(key=plan).first()
    if found is None:
        raise Refused("There is no such plan.", "plan")
    if interval not in ("month", "year"):
        raise Refused("This is either month or year.", "interval")
    if interval not in found.prices:
        raise NotSold(f"{found.name} cannot be bought {'yearly' if interval == 'year' else 'monthly'} here.")
    return Offer(found, interval, seats_of(by))


def seats_of(by: Actor) -> int:
    """How many would be paid for now."""
    with tenancy.workspace(by.workspace.pk, atomic=True):
        return count_seats(by.workspace.pk)


def checkout(by: Actor, wanted: Offer, site: str) -> str:
    """Open Stripe's page for paying; its address. One at a time: an older one that is open is closed."""
    row = _row(by)
    if row.subscribed:
        raise Moved("This workspace has a subscription already. Change it instead.")
    row = _customer(by, row)
    if row.checkout and _was_paid(row.checkout):
        row = pull(by.workspace.pk, by) or row
        if row.subscribed:
            raise Moved("The checkout that was begun before has been paid meanwhile.")
    with _trying(by, row):
        key = {"idempotency_key": f"checkout-{by.workspace.pk}-{row.version}"}
        session = wire.ask(lambda stripe: stripe.checkout.sessions.create(_session(by, row, wanted, site), key))
    try:
        note_checkout(by, checkout=session["id"], plan=wanted.plan.key, interval=wanted.interval, seats=wanted.seats, seen=row.version)  # fmt: skip
    except Stale as error:
        _close(session["id"])
        raise Moved("Somebody else is at the plan at this moment. Look at the page again.") from error
    return str(session["url"])


def portal(by: Actor, site: str) -> str:
    """Stripe's page for cards, addresses, VAT ids and past bills; its address."""
    row = _row(by)
    if not row.customer:
        raise NotSold("Nothing was bought yet.")
    back = f"{site}{_page(by)}returned/"
    session = wire.ask(lambda stripe: stripe.billing_portal.sessions.create({"customer": row.customer, "return_url": back}))  # fmt: skip
    return str(session["url"])


def preview(by: Actor, wanted: Offer) -> Row:
    """What a change costs today: Stripe's own lines, `total` in cents, less than nothing for what is credited."""
    row = _subscribed(by)
    sub = _subscription(row)
    items = {"items": [_item(sub, wanted)], "proration_behavior": "always_invoice"}
    asked = {"customer": row.customer, "subscription": row.subscription, "subscription_details": items}
    return wire.ask(lambda stripe: stripe.invoices.create_preview(asked))


def change(by: Actor, wanted: Offer) -> Billing | None:
    """Move the subscription to another plan or interval, paid at once; declined, all stays as it was."""
    row = _subscribed(by)
    sub = _subscription(row)
    asked = {
        "items": [_item(sub, wanted)], "proration_behavior": "always_invoice", "payment_behavior": "error_if_incomplete",
        "cancel_at_period_end": False,
    }  # fmt: skip
    return _update(by, row, "change", asked)


def cancel(by: Actor) -> Billing | None:
    """At the end of what is paid."""
    row = _subscribed(by)
    return row if row.cancel_at_period_end else _update(by, row, "cancel", {"cancel_at_period_end": True})


def resume(by: Actor) -> Billing | None:
    """It goes on after all."""
    row = _subscribed(by)
    return _update(by, row, "resume", {"cancel_at_period_end": False}) if row.cancel_at_period_end else row


def follow_seats(by: Actor) -> Billing | None:
    """As many seats are paid for as there are members; the difference is settled with the next bill."""
    row = _row(by)
    if not row.subscribed or row.seats == (seats := seats_of(by)):
        return None
    sub = _subscription(row)
    item = {"id": licensed(sub)["id"], "quantity": seats}
    return _update(by, row, f"seats-{seats}", {"items": [item], "proration_behavior": "create_prorations"})


def pay_for_more(by: Actor, *, on: bool, cap: int | None = None) -> Billing:
    """AI beyond the plan: Stripe learns of its price before the first token is sold."""
    row = _subscribed(by) if on else _row(by)
    plan = Plan.objects.filter(key=row.plan).first()
    if on and (plan is None or not plan.stripe_ai):
        raise NotSold("AI beyond the plan is not sold here.")
    if on and plan and plan.stripe_ai not in _prices(_subscription(row)):
        _update(by, row, "ai", {"items": [{"price": plan.stripe_ai}]})
    return set_overage(by, on=on, cap=cap)


def _update(by: Actor, row: Billing, name: str, asked: Row) -> Billing | None:
    with _trying(by, row):
        key = {"idempotency_key": f"{name}-{by.workspace.pk}-{row.version}"}
        wire.ask(lambda stripe: stripe.subscriptions.update(row.subscription, asked, key))
    return pull(by.workspace.pk, by)


@contextmanager
def _trying(by: Actor, row: Billing) -> Iterator[None]:
    """What Stripe has refused it would refuse again under the same key; what it did not answer, it may have done."""
    try:
        yield
    except Silent:
        raise
    except Refused:
        note_try(by, seen=row.version)
        raise


def _row(by: Actor) -> Billing:
    wire.must_be_ready()
    return row_of(by.workspace.pk) or Billing(workspace=by.workspace)


def _subscribed(by: Actor) -> Billing:
    row = _row(by)
    if not row.subscribed:
        raise NotSold("This workspace has no subscription.")
    return row


def _customer(by: Actor, row: Billing) -> Billing:
    """The workspace at Stripe, made once."""
    if row.customer:
        return row
    asked = {"name": by.workspace.name, "email": by.user.email, "metadata": {"workspace": str(by.workspace.pk)}}
    key = {"idempotency_key": f"customer-{by.workspace.pk}-{by.user.pk}"}
    made = wire.ask(lambda stripe: stripe.customers.create(asked, key))
    return note_customer(by, customer=made["id"])


def _was_paid(checkout: str) -> bool:
    """Of an older checkout, which is closed when it was not."""
    status = _state(checkout)
    if status == "open":
        _close(checkout)
        status = _state(checkout)
    return status == "complete"


def _state(checkout: str) -> str:
    return str(wire.ask(lambda stripe: stripe.checkout.sessions.retrieve(checkout))["status"])


def _close(checkout: str) -> None:
    """Another owner may have closed it a moment ago, or somebody paid: then there is nothing to close."""
    wire.ask(lambda stripe: stripe.checkout.sessions.expire(checkout), known="can be expired")


def _session(by: Actor, row: Billing, wanted: Offer, site: str) -> Row:
    page, named = f"{site}{_page(by)}", {"workspace": str(by.workspace.pk)}
    more: Row = {"metadata": named}
    if row.trial_end and row.trial_end > timezone.now() + SHORTEST:
        more["trial_end"] = int(row.trial_end.timestamp())
    return {
        "mode": "subscription", "customer": row.customer, "client_reference_id": str(by.workspace.pk), "metadata": named,
        "line_items": [{"price": wanted.price, "quantity": wanted.seats}], "subscription_data": more,
        "success_url": f"{page}returned/", "cancel_url": page, "allow_promotion_codes": True,
        "tax_id_collection": {"enabled": True}, "customer_update": {"name": "auto", "address": "auto"},
    }  # fmt: skip


def _subscription(row: Billing) -> Row:
    return wire.ask(lambda stripe: stripe.subscriptions.retrieve(row.subscription))


def _item(sub: Row, wanted: Offer) -> Row:
    return {"id": licensed(sub)["id"], "price": wanted.price, "quantity": wanted.seats}


def _prices(sub: Row) -> list[str]:
    return [item["price"]["id"] for item in sub["items"]["data"]]


def _page(by: Actor) -> str:
    return f"/w/{by.workspace.slug}/billing/"
