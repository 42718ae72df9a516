"""What owners decide: to try, to buy, to pay for more AI. Stripe itself is asked in billing/doing.py, never in here."""

from datetime import timedelta

from django.utils import timezone

from workspaces.actor import Actor
from workspaces.errors import Refused
from workspaces.models import Workspace
from workspaces.plans import plan_of
from workspaces.spine import action, record

from ..errors import NotSold
from ..facts import FAILED, SOON, in_effect
from ..models import Billing
from ..wire import must_be_ready
from .rows import Status, follow_plan, hold, notice, pay_for_ai, save, told

TRIAL = timedelta(days=14)
TRIED = "pro"
MOST_CAP = 10**12


@action
def start_trial(by: Actor) -> Billing:
    """Two weeks of Pro, without a card, once."""
    by.must("billing.manage")
    must_be_ready()
    now, row = timezone.now(), hold(by)
    if row.trial_end is not None:
        raise NotSold("This workspace has had its trial.")
    if row.subscribed:
        raise NotSold("This workspace has a subscription already.")
    was, before = in_effect(row, now), told(row)
    row.plan, row.status, row.trial_end = TRIED, Status.TRIALING, now + TRIAL
    save(row, "plan", "status", "trial_end")
    after = {"plan": row.plan, "until": row.trial_end.isoformat()}
    record(by, "billing:trial_started", by.workspace, before={"plan": before["plan"]}, after=after, label=by.workspace.name)  # fmt: skip
    follow_plan(by, was, row, now)
    return row


@action
def note_customer(by: Actor, *, customer: str) -> Billing:
    """Who the workspace is at Stripe. No change of the product, so nothing is recorded."""
    by.must("billing.manage")
    row = hold(by)
    if not row.customer:
        row.customer = customer
        save(row, "customer")
    return row


@action
def note_checkout(by: Actor, *, checkout: str, plan: str, interval: str, seats: int, seen: int) -> Billing:
    """A checkout was opened; the one before is closed. Raises Stale where another was opened meanwhile."""
    by.must("billing.manage")
    if (row := hold(by)).checkout == checkout:
        return row
    row = hold(by, seen)
    row.checkout = checkout
    save(row, "checkout")
    after = {"plan": plan, "interval": interval, "seats": seats}
    record(by, "billing:checkout_started", by.workspace, after=after, label=by.workspace.name)
    return row


@action
def note_try(by: Actor, *, seen: int) -> None:
    """Stripe said no: the next try is another one, and not this one again."""
    by.must("billing.manage")
    row = hold(by)
    if row.version == seen:
        save(row)


@action
def set_overage(by: Actor, *, on: bool, cap: int | None = None) -> Billing:
    """Whether AI goes on beyond the plan's tokens, for money, and for how many more a month at most."""
    by.must("billing.manage")
    if not isinstance(on, bool):
        raise Refused("This is either on or off.", "on")
    if on and (isinstance(cap, bool) or not isinstance(cap, int) or not 1 <= cap <= MOST_CAP):
        raise Refused("Say how many tokens beyond the plan there may be in a month, such as 1,000,000.", "cap")
    row = hold(by)
    before = {"overage": row.overage, "cap": row.overage_cap}
    after = {"overage": on, "cap": cap if on else row.overage_cap}
    if before == after:
        return row
    row.overage, row.overage_cap = on, after["cap"]  # type: ignore[assignment]  (an int or None)
    save(row, "overage", "overage_cap")
    pay_for_ai(by, row, timezone.now())
    record(by, "billing:overage_changed", by.workspace, before=before, after=after, label=by.workspace.name)
    return row


@action
def let_lapse(by: Actor) -> Billing:
    """What ends by the clock: a trial that nobody has bought, and the grace of a plan that is not paid."""
    by.must("billing.manage")
    now, row = timezone.now(), hold(by)
    if row.status == Status.TRIALING and not row.subscription and row.trial_end and row.trial_end <= now:
        row.status = Status.NONE
        save(row, "status")
        record(by, "billing:trial_ended", by.workspace, before={"plan": row.plan}, label=by.workspace.name)
        notice(by, "trial_ended", f"{row.trial_end:%Y-%m-%d}", plan=plan_of(by.workspace).name)
        follow_plan(by, row.plan, row, now)
    elif row.status in FAILED and row.grace_until and row.grace_until <= now and _holds(row):
        save(row)
        record(by, "billing:grace_ended", by.workspace, before={"plan": row.plan}, label=by.workspace.name)
        notice(by, "grace_ended", f"{row.grace_until:%Y-%m-%d}")
        follow_plan(by, row.plan, row, now)
    return row


@action
def warn_of_ends(by: Actor) -> None:
    """Owners are written to three days before a trial or a grace ends, once."""
    by.must("billing.manage")
    now, row = timezone.now(), hold(by)
    if row.status == Status.TRIALING and not row.subscription and row.trial_end and now < row.trial_end < now + SOON:
        until, tried = row.trial_end.isoformat(), plan_of(by.workspace).name
        notice(by, "trial_ending", f"{row.trial_end:%Y-%m-%d}", until=until, plan=tried)
    if row.status in FAILED and row.grace_until and now < row.grace_until < now + SOON:
        notice(by, "grace_ending", f"{row.grace_until:%Y-%m-%d}", until=row.grace_until.isoformat())


def _holds(row: Billing) -> bool:
    """Whether the workspace still has the plan that is not paid."""
    return bool(row.plan) and Workspace.objects.filter(pk=row.workspace_id, plan=row.plan).exists()
