"""The plans that are there after the first migration; the back-office changes them, and nothing here changes them back."""

from typing import Any

from workspaces.plans import PLANS

from .models.plans import LIMITS, MEGABYTE

SOLD: dict[str, dict[str, Any]] = {
    "free": {
        "sentence": "For a team that begins", "month_cents": 0, "year_cents": 0,
        "includes": ["Boards, lists and insights", "Every change told, and undone", "REST API and access tokens"],
    },
    "pro": {
        "sentence": "For teams that live in it", "month_cents": 900, "year_cents": 9000, "ai_million_cents": 500,
        "includes": ["Everything in Free", "AI beyond the plan, with a cap of your own", "The whole record as CSV and JSON Lines"],
    },
    "enterprise": {
        "sentence": "For companies, on their own terms",
        "includes": ["Everything in Pro", "Limits by agreement", "On your own servers, if you like"],
    },
}  # fmt: skip


def shipped() -> list[dict[str, Any]]:
    """The rows as they begin: the code's limits, with prices and words."""
    return [
        {
            "key": key, "name": plan.name, "order": order, **SOLD[key], **{name: getattr(plan, name) for name in LIMITS},
            "storage_mb": plan.storage and plan.storage // MEGABYTE,
        }
        for order, (key, plan) in enumerate(PLANS.items())
    ]  # fmt: skip
