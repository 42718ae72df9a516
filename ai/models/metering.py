"""What was used, of which budget, and what is held for calls under way. Metering is no change of the product: no record tells of it (docs/adr/0011)."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from accounts.models import User
from workspaces.constraints import TenantForeignKey
from workspaces.models import TENANT, TenantModel


class AIBudget(TenantModel):
    """The tokens of one month: `plan` are the plan's, `own` those of the workspace's own keys."""

    class Kind(models.TextChoices):
        PLAN = "plan"
        OWN = "own"

    period = models.DateField(help_text="the first day of the month, UTC")
    kind = models.CharField(max_length=4, choices=Kind, default=Kind.PLAN)
    used = models.BigIntegerField(default=0)
    reserved = models.BigIntegerField(default=0)
    warned_at = models.DateTimeField(null=True, blank=True, help_text="when 80 % were used")
    mailed_at = models.DateTimeField(null=True, blank=True, help_text="when the owners were written to")
    full_at = models.DateTimeField(null=True, blank=True, help_text="when the first call was refused")

    class Meta:
        constraints = [
            *TENANT,
            models.UniqueConstraint(fields=["workspace", "period", "kind"], name="aibudget_once"),
        ]
        verbose_name = "AI budget"

    def __str__(self) -> str:
        return f"{self.kind} {self.period:%Y-%m}"


class AIReservation(TenantModel):
    """What one call may use at most, held until it is settled; what a dead process leaves is charged by the sweep."""

    budget = models.ForeignKey(AIBudget, models.CASCADE, db_constraint=False, db_index=False, related_name="+")
    tokens = models.BigIntegerField()
    usage_id = models.UUIDField(help_text="of the AIUsage that will tell of the call")
    user = models.ForeignKey(User, models.SET_NULL, null=True, db_index=False, related_name="+")
    purpose = models.CharField(max_length=40)
    provider = models.CharField(max_length=12)
    model = models.CharField(max_length=120)
    prompt_id = models.UUIDField(null=True, help_text="of the PromptVersion")
    via = models.CharField(max_length=12)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [*TENANT, TenantForeignKey(field="budget", name="aireservation_budget_tenant")]
        indexes = [
            models.Index(fields=["workspace", "budget"], name="aireservation_budget"),
            models.Index(fields=["workspace", "expires_at"], name="aireservation_expiry"),
        ]
        verbose_name = "AI reservation"

    def __str__(self) -> str:
        return f"{self.tokens} for {self.purpose}"


class AIUsage(TenantModel):
    """One question to the AI: who, what for, with what, and what it took. Texts are kept only where the workspace says so."""

    class Outcome(models.TextChoices):
        OK = "ok", "answered"
        CACHED = "cached", "answered from what was answered before"
        REPAIRED = "repaired", "answered at the second try"
        CANCELLED = "cancelled", "stopped by the person"
        FAILED = "failed", "the model did not answer, or not in its form"
        LOST = "lost", "the process died: charged with all that was held for it"

    user = models.ForeignKey(User, models.SET_NULL, null=True, db_index=False, related_name="+")
    purpose = models.CharField(max_length=40)
    provider = models.CharField(max_length=12)
    model = models.CharField(max_length=120)
    prompt_id = models.UUIDField(null=True, help_text="of the PromptVersion")
    budget_kind = models.CharField(max_length=4, choices=AIBudget.Kind, default=AIBudget.Kind.PLAN)
    input_tokens = models.PositiveIntegerField(default=0)
    output_tokens = models.PositiveIntegerField(default=0)
    cached_tokens = models.PositiveIntegerField(default=0, help_text="of the input, those the provider had kept")
    cost_micros = models.BigIntegerField(
        null=True, blank=True, help_text="millionths of a dollar; none: no price is known"
    )
    latency_ms = models.PositiveIntegerField(default=0)
    first_token_ms = models.PositiveIntegerField(null=True, blank=True)
    outcome = models.CharField(max_length=9, choices=Outcome)
    fault = models.CharField(max_length=200, blank=True, help_text="why it failed, in our words")
    via = models.CharField(max_length=12, default="web")
    sent = ArrayField(
        models.CharField(max_length=200), default=list, blank=True, help_text="which data went out, in words"
    )
    projects = ArrayField(models.UUIDField(), default=list, blank=True, help_text="which projects were read for it")
    asked = models.TextField(blank=True, help_text="sealed; only with keep_texts")
    answered = models.TextField(blank=True, help_text="sealed; only with keep_texts")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [*TENANT]
        indexes = [
            models.Index(fields=["workspace", "created_at"], name="aiusage_newest"),
            models.Index(fields=["workspace", "user", "created_at"], name="aiusage_person"),
        ]
        verbose_name = "AI usage"
        verbose_name_plural = "AI usage"

    def __str__(self) -> str:
        return f"{self.purpose}: {self.outcome}"


class AIAnswer(TenantModel):
    """An answer kept for a day for whoever asks the same, until what was read for it changes. Never across workspaces."""

    key = models.CharField(max_length=64)
    usage_id = models.UUIDField(help_text="of the AIUsage that it cost")
    text = models.TextField(help_text="sealed")
    read_seq = models.BigIntegerField(help_text="where the record stood when its inputs were read")
    projects = ArrayField(models.UUIDField(), default=list, blank=True)
    subjects = ArrayField(models.UUIDField(), default=list, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [*TENANT, models.UniqueConstraint(fields=["workspace", "key"], name="aianswer_once")]
        indexes = [models.Index(fields=["workspace", "created_at"], name="aianswer_age")]
        verbose_name = "AI answer"

    def __str__(self) -> str:
        return self.key[:12]
