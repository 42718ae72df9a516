"""Work of the AI that takes longer than a page waits for, and what came of it."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from workspaces.constraints import TenantForeignKey
from workspaces.models import TENANT, ChangeSet, TenantModel


class AIRun(TenantModel):
    """A background job that somebody started and may cancel; what it proposes stands in `change`."""

    class State(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        CANCELLED = "cancelled"

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20, help_text="ai/runs.py: KINDS")
    state = models.CharField(max_length=9, choices=State, default=State.QUEUED)
    progress = models.PositiveSmallIntegerField(default=0, help_text="percent")
    step = models.CharField(max_length=200, blank=True)
    inputs = models.JSONField(default=dict, blank=True)
    result = models.JSONField(default=dict, blank=True)
    change = models.ForeignKey(
        ChangeSet, models.CASCADE, null=True, blank=True, db_constraint=False, db_index=False, related_name="+"
    )
    error = models.CharField(max_length=500, blank=True)
    via = models.CharField(max_length=12, default="web")
    tries = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    seen_at = models.DateTimeField(default=timezone.now, help_text="its worker's last word")
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [*TENANT, TenantForeignKey(field="change", name="airun_change_tenant")]
        indexes = [
            models.Index(fields=["workspace", "created_at"], name="airun_newest"),
            models.Index(
                fields=["workspace", "created_at"], name="airun_open", condition=Q(state__in=("queued", "running"))
            ),
        ]
        verbose_name = "AI run"

    def __str__(self) -> str:
        return f"{self.kind}: {self.state}"


class Proposal(TenantModel):
    """The AI's side of a proposed ChangeSet: by which prompt and model, or by a solver or rules alone."""

    change = models.ForeignKey(ChangeSet, models.CASCADE, db_constraint=False, db_index=False, related_name="+")
    run = models.ForeignKey(
        AIRun, models.SET_NULL, null=True, blank=True, db_constraint=False, db_index=False, related_name="+"
    )
    usage_id = models.UUIDField(null=True, blank=True, help_text="of the AIUsage")
    prompt_id = models.UUIDField(null=True, blank=True, help_text="of the PromptVersion")
    model = models.CharField(max_length=120, blank=True, help_text="empty: no model, but a solver or rules")
    summary = models.TextField(blank=True)
    facts = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            *TENANT,
            models.UniqueConstraint(fields=["workspace", "change"], name="proposal_once"),
            TenantForeignKey(field="change", name="proposal_change_tenant"),
            TenantForeignKey(field="run", name="proposal_run_tenant", on_delete="ON DELETE SET NULL (run_id)"),
        ]

    def __str__(self) -> str:
        return self.summary[:80]
