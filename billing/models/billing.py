"""What a workspace pays: as Stripe says it, or as a trial that knows no Stripe yet."""

from django.db import models
from django.utils import timezone

from workspaces.models import TENANT, TenantModel


class Billing(TenantModel):
    """One row a workspace, made when it first tries or buys. Ids of Stripe are plain words, no keys."""

    class Status(models.TextChoices):
        NONE = "none", "no subscription"
        TRIALING = "trialing", "trial"
        ACTIVE = "active", "paid"
        PAST_DUE = "past_due", "payment failed"
        UNPAID = "unpaid", "not paid"
        INCOMPLETE = "incomplete", "first payment under way"
        CANCELED = "canceled", "ended"

    class Interval(models.TextChoices):
        MONTH = "month", "monthly"
        YEAR = "year", "yearly"

    plan = models.CharField(max_length=20, blank=True, help_text="what is subscribed to or tried; empty: nothing")
    status = models.CharField(max_length=10, choices=Status, default=Status.NONE)
    interval = models.CharField(max_length=5, choices=Interval, default=Interval.MONTH)
    seats = models.PositiveIntegerField(default=0, help_text="that are paid for")
    customer = models.CharField(max_length=255, blank=True)
    subscription = models.CharField(max_length=255, blank=True)
    period_start = models.DateTimeField(null=True, blank=True)
    period_end = models.DateTimeField(null=True, blank=True)
    trial_end = models.DateTimeField(null=True, blank=True)
    cancel_at_period_end = models.BooleanField(default=False)
    grace_until = models.DateTimeField(null=True, blank=True, help_text="until when the plan holds though a payment failed")  # fmt: skip
    overage = models.BooleanField("AI beyond the plan", default=False)
    overage_cap = models.BigIntegerField(null=True, blank=True, help_text="tokens a month beyond the plan's own")
    month_cents = models.BigIntegerField(
        "a month", default=0, help_text="cents that the subscription comes to in a month, coupons off"
    )
    currency = models.CharField(max_length=3, default="usd")
    began_at = models.DateTimeField(null=True, blank=True, help_text="when the subscription began to be paid")
    ended_at = models.DateTimeField(null=True, blank=True, help_text="when it was over")
    metered_month = models.DateField(null=True, blank=True, help_text="of which AI beyond the plan is counted, UTC")
    metered_included = models.BigIntegerField(default=0, help_text="tokens that the plan held in it")
    checkout = models.CharField(max_length=255, blank=True, help_text="the checkout that was begun last")
    version = models.PositiveBigIntegerField(
        default=0, help_text="counts each look at Stripe and each try to change it"
    )
    pulled_at = models.DateTimeField(null=True, blank=True, help_text="when Stripe was looked at last")
    updated_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [*TENANT, models.UniqueConstraint(fields=["workspace"], name="billing_once")]
        verbose_name_plural = "billing"

    def __str__(self) -> str:
        return f"{self.plan or 'nothing'}: {self.status}"

    @property
    def subscribed(self) -> bool:
        """Whether Stripe holds a subscription that is not over."""
        return bool(self.subscription) and self.status not in (self.Status.NONE, self.Status.CANCELED)


class Invoice(TenantModel):
    """A bill, as Stripe shows it."""

    stripe_id = models.CharField(max_length=255)
    number = models.CharField(max_length=100, blank=True)
    status = models.CharField(max_length=20)
    currency = models.CharField(max_length=3)
    total = models.BigIntegerField(help_text="cents")
    due = models.BigIntegerField(help_text="cents that are not paid yet")
    issued_at = models.DateTimeField()
    paid = models.BigIntegerField(default=0, help_text="cents that were paid")
    paid_at = models.DateTimeField(null=True, blank=True)
    page = models.URLField(max_length=1000, blank=True)
    pdf = models.URLField(max_length=1000, blank=True)

    class Meta:
        constraints = [*TENANT, models.UniqueConstraint(fields=["workspace", "stripe_id"], name="invoice_once")]
        indexes = [models.Index(fields=["workspace", "-issued_at"], name="invoice_newest")]

    def __str__(self) -> str:
        return self.number or self.stripe_id
