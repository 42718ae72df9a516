"""What a change of plan costs today, as Stripe has reckoned it."""

from typing import Any


def shown(preview: dict[str, Any]) -> dict[str, Any]:
    """Its lines in words and cents, and the sum; less than nothing is credited to the next bill."""
    lines = [{"words": line.get("description") or "", "cents": line["amount"]} for line in preview["lines"]["data"]]
    total = preview["total"]
    return {
        "lines": lines,
        "currency": preview["currency"],
        "total": total,
        "due": max(total, 0),
        "credit": max(-total, 0),
    }
