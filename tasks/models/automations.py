"""Rules that act by themselves, what each has done and why it did not, and how far the record has been read for them."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from workspaces.constraints import TenantForeignKey
from workspaces.models import TENANT, TenantModel

from .projects import Project
from .tasks import Task


class AutomationRule(TenantModel):
    """When this happens, if that is so, then do these: on behalf of its keeper, who saved it last, with their rights of now."""

    name = models.CharField(max_length=80)
    keeper = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    project = models.ForeignKey(
        Project, models.CASCADE, null=True, blank=True, db_constraint=False, db_index=False, related_name="+",
        help_text="empty: every project that the keeper may edit",
    )  # fmt: skip
    when = models.JSONField(help_text="of tasks/automations/triggers.py: kind, value")
    conditions = models.JSONField(default=list, blank=True, help_text="of tasks/automations/conditions.py")
    steps = models.JSONField(default=list, help_text="of tasks/automations/steps.py")
    on = models.BooleanField(default=True)
    on_since = models.DateTimeField(default=timezone.now, help_text="what happened before starts nothing")
    off_why = models.CharField(max_length=300, blank=True, help_text="why it was switched off by itself")
    failures = models.PositiveSmallIntegerField(default=0, help_text="runs that failed, one after another")
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [*TENANT, TenantForeignKey(field="project", name="automationrule_project_tenant")]
        indexes = [models.Index(fields=["workspace", "created_at"], name="automationrule_newest")]

    def __str__(self) -> str:
        return f"rule {self.pk}"  # the staff reads none of its words


class AutomationRun(TenantModel):
    """A rule met one row of the record, or one card whose day had come: once, in the transaction of what it did."""

    class State(models.TextChoices):
        DONE = "done", "Done"
        IDLE = "idle", "Nothing to do"
        SKIPPED = "skipped", "Skipped"
        FAILED = "failed", "Failed"
        OVER_PLAN = "over_plan", "Over the plan"

    rule = models.ForeignKey(
        AutomationRule, models.CASCADE, db_constraint=False, db_index=False, related_name="runs"
    )  # fmt: skip
    seq = models.BigIntegerField(null=True, blank=True, help_text="the row that set it off")
    once = models.CharField(max_length=20, blank=True, help_text="due:2026-12-31, for what follows no row")
    task = models.ForeignKey(
        Task, models.CASCADE, null=True, blank=True, db_constraint=False, db_index=False, related_name="+"
    )
    state = models.CharField(max_length=10, choices=State)
    why = models.CharField(max_length=500, blank=True)
    change_id = models.UUIDField(null=True, blank=True, help_text="the act, where it did something")
    depth = models.PositiveSmallIntegerField(default=1)
    left = models.PositiveIntegerField(default=0, help_text="further ones that were left for the same reason")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            *TENANT,
            TenantForeignKey(field="rule", name="automationrun_rule_tenant"),
            TenantForeignKey(field="task", name="automationrun_task_tenant"),
            models.UniqueConstraint(fields=["workspace", "rule", "seq"], name="automationrun_once"),
            models.UniqueConstraint(
                fields=["workspace", "rule", "task", "once"], name="automationrun_day", condition=~Q(once="")
            ),
        ]
        indexes = [
            models.Index(fields=["workspace", "rule", "-created_at", "-id"], name="automationrun_newest"),
            models.Index(
                fields=["workspace", "change_id"], name="automationrun_change", condition=Q(change_id__isnull=False)
            ),
            models.Index(fields=["workspace", "created_at"], name="automationrun_when"),
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.seq or self.once}"


class AutomationMonth(TenantModel):
    """How many runs of a month did something: counted in their own transactions, so that the plan's limit is exact."""

    month = models.DateField(help_text="the first day of it, UTC")
    runs = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [*TENANT, models.UniqueConstraint(fields=["workspace", "month"], name="automationmonth_once")]

    def __str__(self) -> str:
        return f"{self.runs} in {self.month:%Y-%m}"


class AutomationCursor(TenantModel):
    """Up to which row of the record the rules have been asked."""

    seq = models.BigIntegerField(default=0)

    class Meta:
        constraints = [*TENANT, models.UniqueConstraint(fields=["workspace"], name="automationcursor_once")]

    def __str__(self) -> str:
        return f"{self.workspace_id} asked up to {self.seq}"
