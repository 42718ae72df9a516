"""What the staff gives of a plan: a trial, for a reason."""

from datetime import timedelta

from django.utils import timezone

from workspaces.actions.fitting import weigh
from workspaces.actions.staff import asked, done
from workspaces.actor import Actor
from workspaces.errors import Refused
from workspaces.models import Workspace
from workspaces.panels import plans
from workspaces.spine import action

from ..errors import NotSold
from ..facts import in_effect
from ..models import Billing, Plan
from .rows import Status, follow_plan, hold, save

LONGEST = 90  # days


@action
def grant_trial(by: Actor, *, plan: str, days: int, reason: str) -> Billing:
    """A trial of a plan, so many days from now: a new one, or more of the one that runs. Never for somebody who pays."""
    workspace, reason = asked(by, "grant", reason)
    now, row = timezone.now(), hold(by)
    if plan not in grantable():
        raise Refused("There is no such plan to be tried.", "plan")
    if not 1 <= days <= LONGEST:
        raise Refused(f"Between 1 and {LONGEST} days.", "days")
    if row.subscribed:
        raise NotSold("This workspace has a subscription: what is paid for is no trial.")
    end = now + timedelta(days=days)
    if row.status == Status.TRIALING and row.trial_end and row.trial_end >= end:
        raise Refused(f"The trial that runs lasts until {row.trial_end:%-d %B %Y}, which is longer.", "days")
    was = in_effect(row, now)
    row.plan, row.status, row.trial_end, row.subscription = plan, Status.TRIALING, end, ""
    save(row, "plan", "status", "trial_end", "subscription")
    done(by, workspace, "billing:trial_granted", reason=reason, plan=plan, days=days, until=end.isoformat())
    follow_plan(by, was, row, now)
    return row


@action
def put_on(by: Actor, *, plan: str, reason: str) -> Workspace:
    """A plan that is not paid through Stripe, "" for the operator's own: until payment or a trial changes it."""
    workspace, reason = asked(by, "plan", reason)
    row = hold(by)
    if plan and plan not in plans():
        raise Refused("There is no such plan.", "plan")
    if row.subscribed or in_effect(row, timezone.now()):
        raise NotSold("A subscription or a trial decides which plan this workspace is on.")
    if plan == workspace.plan:
        return workspace
    workspace.plan = by.workspace.plan = plan
    done(by, workspace, "workspace:plan_changed", "plan", reason=reason, plan=plan)
    weigh(by)
    return workspace


def grantable() -> dict[str, str]:
    """Key → name of the plans that are shown and cost something."""
    return dict(Plan.objects.filter(shown=True).exclude(month_cents=0).values_list("key", "name"))
