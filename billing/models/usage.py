"""How much was used: a row a day for the charts, and what is sold of AI beyond the plan."""

from django.db import models
from django.utils import timezone

from workspaces.models import TENANT, TenantModel


class UsageDay(TenantModel):
    """How things stood at the end of a day (UTC), or stand today."""

    day = models.DateField()
    seats = models.PositiveIntegerField(default=0)
    guests = models.PositiveIntegerField(default=0)
    projects = models.PositiveIntegerField(default=0)
    storage = models.BigIntegerField(default=0)
    ai_tokens = models.BigIntegerField(default=0, help_text="of the month so far")
    automation_runs = models.PositiveIntegerField(default=0, db_default=0, help_text="of the month so far")
    api_calls = models.BigIntegerField(default=0, help_text="of that day")

    class Meta:
        constraints = [*TENANT, models.UniqueConstraint(fields=["workspace", "day"], name="usageday_once")]
        verbose_name = "day of use"
        verbose_name_plural = "days of use"

    def __str__(self) -> str:
        return str(self.day)


class MeterEvent(TenantModel):
    """So many tokens beyond the plan, told to Stripe once: its id is the identifier by which Stripe knows it again."""

    month = models.DateField(help_text="the first day of it, UTC")
    tokens = models.BigIntegerField()
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [*TENANT]
        indexes = [models.Index(fields=["workspace", "month"], name="meterevent_month")]

    def __str__(self) -> str:
        return f"{self.tokens:,} in {self.month:%Y-%m}"
