"""What owners are written to about plan and payment: each once."""

from django.db import models
from django.utils import timezone

from workspaces.models import TENANT, TenantModel


class BillingNotice(TenantModel):
    """One matter of one period; whoever finds it unmailed mails it."""

    kind = models.CharField(max_length=20, help_text="of billing/words.py")
    period = models.CharField(max_length=40, help_text="what makes it another one: a day, a month, a bill")
    facts = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    mailed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            *TENANT, models.UniqueConstraint(fields=["workspace", "kind", "period"], name="billingnotice_once"),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["workspace", "created_at"], condition=models.Q(mailed_at=None), name="billingnotice_waiting"),
        ]  # fmt: skip
        verbose_name = "notice"

    def __str__(self) -> str:
        return f"{self.kind} {self.period}"
