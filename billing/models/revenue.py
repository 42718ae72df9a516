"""What all workspaces together pay, day by day: kept, since nothing says later how things stood."""

from django.db import models

from accounts.ids import uuid7


class RevenueDay(models.Model):
    """One day (UTC) in one currency; of no workspace, and in no workspace's words. Amounts are cents."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    day = models.DateField()
    currency = models.CharField(max_length=3)
    paying = models.PositiveIntegerField(default=0, help_text="subscriptions that are paid or in grace")
    month_cents = models.BigIntegerField("a month", default=0, help_text="what these come to in a month")
    came = models.PositiveIntegerField(default=0, help_text="that began to be paid on that day")
    came_cents = models.BigIntegerField(default=0)
    left = models.PositiveIntegerField(default=0, help_text="that were over on that day")
    left_cents = models.BigIntegerField(default=0)
    paid_cents = models.BigIntegerField(default=0, help_text="of bills that were paid on that day")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["day", "currency"], name="revenueday_once")]
        verbose_name = "day of revenue"
        verbose_name_plural = "days of revenue"

    def __str__(self) -> str:
        return f"{self.day} {self.currency}"
