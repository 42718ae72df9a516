"""What Stripe says becomes what holds here."""

from dataclasses import asdict
from typing import Any

from django.utils import timezone

from workspaces.actor import Actor
from workspaces.spine import action, record

from ..facts import FAILED, Facts, in_effect
from ..models import Billing, Invoice
from .rows import Status, follow_plan, hold, notice, save, told

KEPT = ("number", "status", "currency", "total", "due", "issued_at", "page", "pdf", "paid", "paid_at")


@action
def follow_stripe(by: Actor, *, facts: Facts | None, invoices: list[dict[str, Any]], seen: int) -> Billing:
    """Take over what was read at Stripe while the row stood at version `seen`. Raises Stale where it has moved on: read again.

    The version moves on even where nothing differs: else an older answer that comes late would be taken for news.
    """
    by.must("billing.manage")
    now, row = timezone.now(), hold(by, seen)
    was, before = in_effect(row, now), told(row)
    fields = _taken_over(row, facts)
    row.pulled_at = now
    save(row, *fields, "pulled_at")
    _keep(by, invoices)
    if (after := told(row)) != before:
        differ = [name for name in after if after[name] != before[name]]
        record(
            by, "billing:updated", by.workspace, before={name: before[name] for name in differ},
            after={**{name: after[name] for name in differ}, "plan": row.plan, "status": row.status}, label=by.workspace.name,
        )  # fmt: skip
        _write_owners(by, row, str(before["status"]))
    follow_plan(by, was, row, now)
    return row


def _taken_over(row: Billing, facts: Facts | None) -> list[str]:
    """The names of the fields that were set."""
    if facts is not None and facts.status == Status.CANCELED and _tried(row):
        return []
    if facts is None:
        if not row.subscription:
            return []  # a trial of ours, or nothing at all
        row.status, row.subscription, row.cancel_at_period_end, row.grace_until = Status.NONE, "", False, None
        return ["status", "subscription", "cancel_at_period_end", "grace_until"]
    told_us = {name: value for name, value in asdict(facts).items() if name not in ("plan", "trial_end") or value}
    for name, value in told_us.items():
        setattr(row, name, value)
    if row.status == Status.CANCELED:
        row.cancel_at_period_end = False
    return list(told_us)


def _tried(row: Billing) -> bool:
    """A trial of ours runs: a subscription that ended before takes nothing from it."""
    return row.status == Status.TRIALING and not row.subscription


def _keep(by: Actor, invoices: list[dict[str, Any]]) -> None:
    rows = [Invoice(workspace=by.workspace, **fields) for fields in invoices]
    Invoice.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["workspace", "stripe_id"], update_fields=list(KEPT)
    )


def _write_owners(by: Actor, row: Billing, was: str) -> None:
    """Of what they have to do something about, or would miss."""
    if row.status in FAILED and was not in FAILED:
        until = row.grace_until and row.grace_until.isoformat()
        notice(by, "past_due", f"{row.subscription[-12:]} {row.period_start:%Y-%m-%d}", until=until)
    elif row.status == Status.ACTIVE and was in FAILED:
        notice(by, "paid", f"{row.subscription[-12:]} {row.period_start:%Y-%m-%d}")
    elif row.status == Status.CANCELED and was != Status.CANCELED:
        notice(by, "ended", row.subscription[-40:])
