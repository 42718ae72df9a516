"""What Stripe's objects say, in our words: a function of what Stripe holds now, so that no order of events matters."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Q

from .models import Billing, Plan
from .monthly import currency_of, month_cents

GRACE = timedelta(days=14)
SOON = timedelta(days=3)  # before an end, its owners are told
Status = Billing.Status
EXPANDED = ["data.latest_invoice", "data.discounts.source.coupon"]  # of a list of subscriptions
LIVE = ("trialing", "active", "past_due", "unpaid", "incomplete", "paused")
WORDS = {"incomplete_expired": Status.CANCELED, "paused": Status.UNPAID}
FAILED = (Status.PAST_DUE, Status.UNPAID)
Row = dict[str, Any]


@dataclass(frozen=True)
class Facts:
    """Of the one subscription that counts; the fields are Billing's. `plan` "": none of ours."""

    subscription: str
    plan: str
    status: str
    interval: str
    seats: int
    period_start: datetime | None
    period_end: datetime | None
    trial_end: datetime | None
    cancel_at_period_end: bool
    grace_until: datetime | None
    month_cents: int
    currency: str
    began_at: datetime | None
    ended_at: datetime | None


def chosen(subscriptions: Iterable[Row]) -> Row | None:
    """Of a customer's: the oldest that lives, else the one that was begun last."""
    rows = sorted(subscriptions, key=lambda row: (row["created"], row["id"]))
    alive = [row for row in rows if row["status"] in LIVE]
    return alive[0] if alive else rows[-1] if rows else None


def extra(subscriptions: Iterable[Row]) -> list[Row]:
    """Further ones that live, and that nobody should pay."""
    rows = [row for row in subscriptions if row["status"] in LIVE]
    first = chosen(rows)
    return [row for row in rows if first is not None and row["id"] != first["id"]]


def facts_of(sub: Row, plans: Iterable[Plan]) -> Facts:
    """Stripe's subscription, with what EXPANDED names."""
    item = licensed(sub)
    price = item["price"]
    status = WORDS.get(sub["status"], sub["status"])
    return Facts(
        subscription=sub["id"], plan=_plan(price, plans), status=status, interval=price["recurring"]["interval"],
        seats=item.get("quantity") or 1, period_start=_at(item["current_period_start"]), period_end=_at(item["current_period_end"]),
        trial_end=_at(sub.get("trial_end")), cancel_at_period_end=_is_ending(sub),
        grace_until=_grace(sub) if status in FAILED else None, month_cents=month_cents(sub), currency=currency_of(sub),
        began_at=_began(sub), ended_at=_at(sub.get("ended_at")),
    )  # fmt: skip


def licensed(sub: Row) -> Row:
    """The item that counts seats; a metered one counts AI."""
    items = sub["items"]["data"]
    return next((one for one in items if one["price"]["recurring"]["usage_type"] == "licensed"), items[0])


def in_effect(row: Billing, now: datetime) -> str:
    """The plan that holds by what is paid or tried; "" for the operator's own."""
    if row.status == Status.ACTIVE or (row.status == Status.TRIALING and row.subscription):
        return row.plan
    if row.status in (Status.TRIALING, Status.INCOMPLETE):
        return row.plan if row.trial_end and row.trial_end > now else ""
    if row.status in FAILED:
        return row.plan if row.grace_until and row.grace_until > now else ""
    return ""


def paying(now: datetime) -> Q:
    """Of rows of Billing, those that are paid or in grace."""
    return Q(status=Status.ACTIVE) | Q(status=Status.PAST_DUE, grace_until__gt=now)


def invoice_of(bill: Row) -> Row:
    """The fields of Invoice."""
    return {
        "stripe_id": bill["id"], "number": bill.get("number") or "", "status": bill["status"] or "draft", "currency": bill["currency"],
        "total": bill["total"], "due": bill["amount_remaining"], "issued_at": _at(bill["created"]),
        "page": bill.get("hosted_invoice_url") or "", "pdf": bill.get("invoice_pdf") or "", "paid": bill.get("amount_paid") or 0,
        "paid_at": _at((bill.get("status_transitions") or {}).get("paid_at")),
    }  # fmt: skip


def _plan(price: Row, plans: Iterable[Plan]) -> str:
    """By our prices; an older price names its plan itself."""
    known = {one: plan.key for plan in plans for one in plan.prices.values()}
    return str(known.get(price["id"]) or (price.get("metadata") or {}).get("plan") or "")


def _is_ending(sub: Row) -> bool:
    """Newer versions of Stripe's API set a date where the older ones set the flag."""
    return bool(sub.get("cancel_at_period_end")) or bool(sub.get("cancel_at"))


def _grace(sub: Row) -> datetime | None:
    """From the bill that was not paid, not from when we heard of it."""
    bill = sub.get("latest_invoice")
    begun = bill["created"] if isinstance(bill, dict) else licensed(sub)["current_period_start"]
    at = _at(begun)
    return at and at + GRACE


def _began(sub: Row) -> datetime | None:
    """When it began to be paid; one whose first payment never came did not."""
    return None if sub["status"].startswith("incomplete") else _at(sub.get("trial_end") or sub.get("start_date"))


def _at(seconds: int | None) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds else None
