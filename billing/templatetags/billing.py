"""How money and amounts are written."""

from django import template
from django.template.defaultfilters import filesizeformat

register = template.Library()
SIGNS = {"usd": "$", "eur": "€", "gbp": "£"}
NO_CENTS = {"jpy", "krw", "vnd", "clp", "isk"}


@register.filter
def money(cents: float | None, currency: str = "usd") -> str:
    """$1,234.50; whole amounts without cents."""
    if cents is None:
        return "–"
    currency = (currency or "usd").lower()
    value = cents if currency in NO_CENTS else cents / 100
    figures = f"{abs(value):,.2f}" if value != int(value) else f"{abs(int(value)):,}"
    sign = "−" if cents < 0 else ""
    return f"{sign}{SIGNS[currency]}{figures}" if currency in SIGNS else f"{sign}{figures} {currency.upper()}"


@register.filter
def amount(value: int | None, kind: str) -> str:
    """1,200; of storage 1.0 GB."""
    if value is None:
        return "as many as you like"
    return filesizeformat(value).replace("\xa0", " ") if kind == "storage" else f"{value:,}"
