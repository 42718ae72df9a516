"""Where a workspace stands: its plan, what it pays, and what it could do next."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils import timezone

from workspaces.actor import Actor
from workspaces.panels import read_only_projects
from workspaces.plans import plan_of

from .. import wire
from ..facts import FAILED
from ..models import Billing, Invoice, Plan
from ..seats import count_seats
from .usage import Meter, meters

Status = Billing.Status
NEWEST = 24
BADGES = {
    Status.TRIALING: ("accent", "trial"), Status.ACTIVE: ("good", "paid"), Status.PAST_DUE: ("danger", "payment failed"),
    Status.UNPAID: ("danger", "not paid"), Status.INCOMPLETE: ("warn", "first payment under way"),
}  # fmt: skip


@dataclass(frozen=True)
class Choice:
    """A plan, paid for a month or a year at a time."""

    interval: str
    cents: int | None
    here: bool


@dataclass(frozen=True)
class Offered:
    """A plan as the page shows it; without choices it is not bought by oneself."""

    plan: Plan
    here: bool
    choices: list[Choice]


@dataclass
class Desk:
    """What the billing page says of one workspace."""

    by: Actor
    billing: Billing

    @property
    def sold(self) -> bool:
        """Whether plans can be bought here at all."""
        return wire.ready()

    @property
    def plan(self) -> Any:
        """The plan that holds."""
        return plan_of(self.by.workspace)

    @property
    def badge(self) -> tuple[str, str] | None:
        """Its colour and its word."""
        if self.billing.subscribed and self.billing.cancel_at_period_end:
            return ("warn", "ends")
        return BADGES.get(self.billing.status)  # type: ignore[call-overload,no-any-return]

    @property
    def failed(self) -> bool:
        return self.billing.status in FAILED

    @property
    def words(self) -> str:
        """How it goes on, in a sentence."""
        row = self.billing
        if self.failed:
            until = row.grace_until or timezone.now()
            return f"The payment failed. {'The plan holds until' if until > timezone.now() else 'The plan ended on'} {_day(until)}."
        if row.status == Status.TRIALING and row.trial_end:
            return f"Trial until {_day(row.trial_end)}: {self.days_left} day{'' if self.days_left == 1 else 's'} left. {'The first bill comes then.' if row.subscribed else 'Nothing is charged.'}"
        if row.subscribed and row.period_end:
            each = "yearly" if row.interval == Billing.Interval.YEAR else "monthly"
            return f"{row.seats} seat{'' if row.seats == 1 else 's'}, {each}. {'Ends on' if row.cancel_at_period_end else 'Goes on with'} {_day(row.period_end)}."
        return "Nothing is paid." if self.sold else ""

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
    def meters(self) -> list[Meter]:
        return meters(self.by.workspace)

    @cached_property
    def read_only(self) -> list[Any]:
        """The projects that wait for a place."""
        most = self.plan.projects
        return [] if most is None else read_only_projects(self.by)

    @cached_property
    def seats(self) -> int:
        """That are or would be paid for."""
        return count_seats(self.by.workspace.pk)

    @cached_property
    def offers(self) -> list[Offered]:
        """The plans that are shown, in order."""
        return [self._offered(plan) for plan in Plan.objects.filter(shown=True)]

    def _offered(self, plan: Plan) -> Offered:
        row, here = self.billing, plan.name == self.plan.name
        mine = row.subscribed and row.plan == plan.key
        choices = [Choice(each, plan.cents(each), mine and row.interval == each) for each in plan.prices]
        return Offered(plan, here, choices)

    @cached_property
    def subscribed_plan(self) -> Plan | None:
        """What is paid for."""
        return Plan.objects.filter(key=self.billing.plan).first() if self.billing.subscribed else None

    @property
    def sells_ai(self) -> bool:
        return bool(self.subscribed_plan and self.subscribed_plan.stripe_ai and self.plan.ai_tokens)

    @property
    def ai_cents(self) -> int | None:
        return self.subscribed_plan.ai_million_cents if self.subscribed_plan else None

    @property
    def currency(self) -> str:
        return self.subscribed_plan.currency if self.subscribed_plan else "usd"

    @cached_property
    def invoices(self) -> list[Invoice]:
        """Newest first."""
        return list(Invoice.objects.within(self.by.workspace).order_by("-issued_at")[:NEWEST])


def desk_of(by: Actor) -> Desk:
    """Inside the workspace."""
    return Desk(by, billing_of(by))


def billing_of(by: Actor) -> Billing:
    """The workspace's row, or how it would begin."""
    row: Billing | None = Billing.objects.within(by.workspace).first()
    return row or Billing(workspace=by.workspace)


def _day(at: Any) -> str:
    return f"{at:%-d %B %Y}"
