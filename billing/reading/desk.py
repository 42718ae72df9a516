"""Where a workspace stands: its plan, what it pays, and what it could do next."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.conf import settings
from django.utils import timezone

from workspaces.actor import Actor
from workspaces.plans import plan_of

from ..models import Billing, Plan
from .usage import Meter, meters

Status = Billing.Status


@dataclass
class Desk:
    """What the billing page says of one workspace."""

    by: Actor
    billing: Billing

    @property
    def sold(self) -> bool:
        """Whether plans can be bought here at all."""
        return bool(settings.STRIPE_SECRET_KEY)

    @property
    def plan(self) -> Any:
        """The plan that holds."""
        return plan_of(self.by.workspace)

    @cached_property
    def meters(self) -> list[Meter]:
        return meters(self.by.workspace)

    @property
    def trying(self) -> bool:
        """A trial that needs no card, under way."""
        row = self.billing
        return row.status == Status.TRIALING and not row.subscription

    @property
    def may_try(self) -> bool:
        """Once, as long as nothing was bought."""
        return self.sold and self.billing.trial_end is None and not self.billing.subscribed

    @property
    def days_left(self) -> int:
        """Of the trial; the last day counts as one."""
        left = (self.billing.trial_end or timezone.now()) - timezone.now()
        return max(left.days + 1, 0)

    @cached_property
    def offers(self) -> list[Plan]:
        """The plans that are shown, in order."""
        return list(Plan.objects.filter(shown=True))


def desk_of(by: Actor) -> Desk:
    """Inside the workspace."""
    return Desk(by, billing_of(by))


def billing_of(by: Actor) -> Billing:
    """The workspace's row, or how it would begin."""
    row: Billing | None = Billing.objects.within(by.workspace).first()
    return row or Billing(workspace=by.workspace)
