"""Each night, or by hand: all that Stripe holds beside all that we hold. What differs is said, and mended by a fresh look."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from workspaces.errors import Refused
from workspaces.models import Workspace
from workspaces.owners import system_of

from . import wire
from .actions.subscribing import note_customer
from .facts import EXPANDED, LIVE, Facts, extra
from .models import Billing, Plan
from .pulling import held_of, pull

COMPARED = (
    "subscription",
    "plan",
    "status",
    "interval",
    "seats",
    "cancel_at_period_end",
    "period_end",
    "month_cents",
    "currency",
    "began_at",
    "ended_at",
)
Row = dict[str, Any]


def reconcile(*, mend: bool, slug: str = "") -> Iterator[str]:
    """A line for each difference; with `mend` each is taken over from Stripe."""
    yield from _prices()
    held: dict[str, list[Row]] = defaultdict(list)
    for sub in wire.all_of(lambda stripe, params: stripe.subscriptions.list(params), status="all", expand=EXPANDED):  # fmt: skip
        held[sub["customer"]].append(sub)
    rows = Billing._base_manager.using("ops").select_related("workspace").filter(workspace__deleted_at=None)
    rows = rows.filter(workspace__slug=slug) if slug else rows
    known = set()
    for row in rows.exclude(customer="").iterator():
        known.add(row.customer)
        yield from _one(row, held.get(row.customer, []), mend=mend)
    for row in Billing._base_manager.using("ops").filter(workspace__deleted_at__isnull=False).exclude(customer=""):
        known.add(row.customer)
        if row.subscribed and mend and let_run_out(row):
            yield f"{row.workspace_id}: was deleted, and its subscription runs out"
    if not slug:
        yield from _strangers({name: subs for name, subs in held.items() if name not in known}, mend=mend)


def _one(row: Billing, subs: list[Row], *, mend: bool) -> Iterator[str]:
    name = row.workspace.slug
    facts = held_of(subs, []).facts
    lines = [f"{name}: {field} is {ours!s} here and {theirs!s} at Stripe" for field, ours, theirs in _differences(row, facts)]  # fmt: skip
    yield from lines
    if lines and mend:
        yield _mended(name, row)
    for sub in extra(subs):
        yield f"{name}: {sub['id']} is a second subscription that is paid"
        if mend:
            wire.ask(lambda stripe, pk=sub["id"]: stripe.subscriptions.cancel(pk, {"prorate": True, "invoice_now": True}))  # type: ignore[misc]  # fmt: skip
            yield f"{name}: {sub['id']} was ended, and its rest credited"


def let_run_out(row: Billing) -> bool:
    """Of a workspace that was deleted: whether its subscription would have been renewed."""
    if not row.subscribed:
        return False
    sub = wire.ask(lambda stripe: stripe.subscriptions.retrieve(row.subscription))
    if sub["status"] not in LIVE or sub["cancel_at_period_end"]:
        return False
    wire.ask(lambda stripe: stripe.subscriptions.update(row.subscription, {"cancel_at_period_end": True}))
    return True


def _differences(row: Billing, facts: Facts | None) -> Iterator[tuple[str, Any, Any]]:
    if facts is None:
        if row.subscription:
            yield "subscription", row.subscription, "none"
        return
    theirs = asdict(facts)
    for field in COMPARED:
        ours = getattr(row, field)
        if ours != theirs[field] and not (field == "plan" and not theirs[field]) and not _both_over(row, facts):
            yield field, ours, theirs[field]


def _both_over(row: Billing, facts: Facts) -> bool:
    """What is over at Stripe and was never taken over here, beside a trial of ours, is no difference."""
    return facts.status == "canceled" and not row.subscribed


def _mended(name: str, row: Billing) -> str:
    try:
        pull(row.workspace_id)
    except Refused as no:
        return f"{name}: not mended: {no.words}"
    return f"{name}: mended"


def _strangers(held: dict[str, list[Row]], *, mend: bool) -> Iterator[str]:
    """Customers that name a workspace of ours which knows nothing of them."""
    for customer, subs in held.items():
        named = next((pk for sub in subs if (pk := (sub.get("metadata") or {}).get("workspace"))), "")
        workspace = Workspace.objects.using("ops").filter(pk=named, deleted_at=None).first() if _is_id(named) else None
        if workspace is None:
            continue
        yield f"{workspace.slug}: {customer} pays for it and is not known here"
        by = system_of(workspace.pk)
        if mend and by is not None and note_customer(by, customer=customer).customer == customer:
            pull(workspace.pk)
            yield f"{workspace.slug}: mended"


def _is_id(value: str) -> bool:
    from workspaces.rules import as_uuid

    return as_uuid(value) is not None


def _prices() -> Iterator[str]:
    """Whether what is sold can be bought at Stripe, at the price that is shown."""
    for plan in Plan.objects.all():
        for interval, price in plan.prices.items():
            try:
                found = wire.ask(lambda stripe, pk=price: stripe.prices.retrieve(pk))  # type: ignore[misc]
            except Refused:
                yield f"plan {plan.key}: Stripe does not know the price {price} (a {interval})"
                continue
            if not found["active"]:
                yield f"plan {plan.key}: the price {price} (a {interval}) is not sold any more at Stripe"
            elif found["unit_amount"] != plan.cents(interval):
                yield f"plan {plan.key}: a {interval} costs {plan.cents(interval)} here and {found['unit_amount']} at Stripe (cents)"
