"""A workspace's row of billing, held; and the plan that follows from it."""

from datetime import datetime

from django.utils import timezone

from workspaces.actions.workspaces import put_on_plan
from workspaces.actor import Actor
from workspaces.errors import Stale
from workspaces.models import Workspace

from ..facts import in_effect
from ..models import Billing, BillingNotice

Status = Billing.Status
TOLD = ("plan", "status", "interval", "seats", "cancel_at_period_end")


def hold(by: Actor, seen: int | None = None) -> Billing:
    """The row, made when it is not there, locked until commit. Raises Stale where it is not at the version that was seen."""
    rows = Billing.objects.within(by.workspace)
    if not rows.exists():
        Billing.objects.bulk_create([Billing(workspace=by.workspace)], ignore_conflicts=True)
    row: Billing = rows.select_for_update().get()
    if seen is not None and row.version != seen:
        raise Stale("The subscription has changed meanwhile. Look at the page again before you go on.")
    return row


def save(row: Billing, *fields: str) -> None:
    """With what each change carries on."""
    row.version += 1
    row.updated_at = timezone.now()
    row.save(update_fields=[*fields, "version", "updated_at"])


def told(row: Billing) -> dict[str, object]:
    """What the record keeps of it."""
    return {name: getattr(row, name) for name in TOLD}


def follow_plan(by: Actor, before: str, row: Billing, now: datetime) -> None:
    """The workspace's limits go with what is paid; what the operator gave by hand stays until that changes."""
    if (plan := in_effect(row, now)) != before:
        put_on_plan(by, plan)
    pay_for_ai(by, row, now)


def pay_for_ai(by: Actor, row: Billing, now: datetime) -> None:
    """How many tokens beyond the plan there may be: the owners' own cap, while the plan is paid."""
    tokens = (row.overage_cap or 0) if row.overage and row.subscribed and in_effect(row, now) else 0
    changed = Workspace.objects.filter(pk=by.workspace.pk).exclude(paid_ai_tokens=tokens)
    changed.update(paid_ai_tokens=tokens)
    by.workspace.paid_ai_tokens = tokens


def notice(by: Actor, kind: str, period: object, **facts: object) -> None:
    """Have the owners written to about it, once."""
    row = BillingNotice(workspace=by.workspace, kind=kind, period=str(period)[:40], facts=facts)
    BillingNotice.objects.bulk_create([row], ignore_conflicts=True)
