"""What a subscription comes to in a month, as Stripe holds it: amounts times quantities, coupons off, without what is metered."""

from collections.abc import Iterable
from typing import Any

Row = dict[str, Any]
MONTHS = {"day": 12 / 365, "week": 12 / 52, "month": 1.0, "year": 12.0}  # in one interval
ONCE = "once"  # a coupon for a single bill, which is no part of a month


def month_cents(sub: Row) -> int:
    """In the subscription's own currency; with its discounts expanded. Prices in tiers count nothing: Stripe names no amount of them."""
    items = [item for item in sub["items"]["data"] if item["price"]["recurring"]["usage_type"] == "licensed"]
    cents = sum(_cents(item["price"]) * (item.get("quantity") or 0) / _months(item["price"]) for item in items)
    months = _months(items[0]["price"]) if items else 1.0
    for coupon in _coupons(sub):
        cents = _less(cents, coupon, months, currency_of(sub))
    return round(cents)


def currency_of(sub: Row) -> str:
    return str(sub.get("currency") or "usd")


def _cents(price: Row) -> float:
    return float(price.get("unit_amount_decimal") or price.get("unit_amount") or 0)


def _months(price: Row) -> float:
    recurring = price["recurring"]
    return MONTHS[recurring["interval"]] * (recurring.get("interval_count") or 1)


def _coupons(sub: Row) -> Iterable[Row]:
    """In the order in which Stripe takes them off; what was not expanded is only an id."""
    for discount in sub.get("discounts") or []:
        source = discount.get("source") or discount if isinstance(discount, dict) else {}
        coupon = source.get("coupon")
        if isinstance(coupon, dict) and coupon.get("duration") != ONCE:
            yield coupon


def _less(cents: float, coupon: Row, months: float, currency: str) -> float:
    """An amount is taken off each bill, so of a yearly one a twelfth each month."""
    if coupon.get("percent_off"):
        return cents * (1 - coupon["percent_off"] / 100)
    off = coupon.get("amount_off") or 0
    return max(cents - off / months, 0) if (coupon.get("currency") or currency) == currency else cents
