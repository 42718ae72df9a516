"""What was used each day, and who is written to when a limit comes near.

Counting is no change of the product, so nothing is recorded (docs/adr/0011).
"""

from datetime import UTC, date
from typing import Any

from django.utils import timezone

from workspaces import limiting
from workspaces.actor import Actor
from workspaces.plans import plan_of, used

from ..models import BillingNotice, UsageDay
from ..reading.usage import TITLES, WARN_AT, meters
from ..templatetags.billing import amount

STEPS = (100, WARN_AT)  # percent at which owners are written to


def note_day(by: Actor) -> UsageDay:
    """How things stand today; of calls the most that was ever counted, for Redis may forget."""
    day = today()
    row = UsageDay.objects.within(by.workspace).filter(day=day).first() or UsageDay(workspace=by.workspace, day=day)
    for kind in TITLES:
        setattr(row, kind, used(by.workspace, kind))
    row.api_calls = max(row.api_calls, limiting.calls(by.workspace.pk, day))
    UsageDay.objects.bulk_create(
        [row], update_conflicts=True, unique_fields=["workspace", "day"], update_fields=[*TITLES, "api_calls"]
    )
    return row


def note_limits(by: Actor) -> None:
    """Owners are written to at 80 and at 100 percent of a limit, once a month for each."""
    month = f"{today():%Y-%m}"
    rows = [
        BillingNotice(workspace=by.workspace, kind=f"usage_{step}", period=f"{one.kind} {month}", facts=_facts(by, one, step))
        for one in meters(by.workspace)
        if (step := next((step for step in STEPS if one.most and one.percent >= step), 0)) and not _by_ai(one.kind)
    ]  # fmt: skip
    BillingNotice.objects.bulk_create(rows, ignore_conflicts=True)


def today() -> date:
    """By UTC."""
    return timezone.now().astimezone(UTC).date()


def _by_ai(kind: str) -> bool:
    """The AI itself writes of its tokens (ai/actions/warnings.py)."""
    return kind == "ai_tokens"


def _facts(by: Actor, one: Any, step: int) -> dict[str, Any]:
    return {
        "limit": one.kind, "percent": 100 if step == 100 else one.percent, "used": amount(one.used, one.kind),
        "most": amount(one.most, one.kind), "plan": plan_of(by.workspace).name,
    }  # fmt: skip
