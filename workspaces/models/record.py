"""The one record: ActivityLog, the acts it groups into, and the counter of each workspace's stream."""

from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.ids import uuid7
from accounts.models import User

from ..constraints import TenantForeignKey
from .base import TENANT, TenantModel


class Stream(TenantModel):
    """Where a workspace's sequence stands. Its row is locked only as the last thing before commit (REALTIME.md 1)."""

    head = models.BigIntegerField(default=0)
    floor = models.BigIntegerField(default=0, help_text="rows below this seq have been pruned")
    epoch = models.UUIDField(default=uuid7, help_text="changes when a backup is restored")
    hash = models.CharField(max_length=64, default="0" * 64, help_text="of the row at head")

    class Meta:
        constraints = [*TENANT, models.UniqueConstraint(fields=["workspace"], name="stream_once")]

    def __str__(self) -> str:
        return f"{self.workspace_id} at {self.head}"


class ChangeSet(TenantModel):
    """One reviewable, reversible act of one actor, however many rows it touched."""

    class Kind(models.TextChoices):
        EDIT = "edit"
        BULK = "bulk"
        IMPORT = "import"
        AI = "ai"
        AUTOMATION = "automation"
        UNDO = "undo"
        RESTORE = "restore"

    class State(models.TextChoices):
        PROPOSED = "proposed"
        APPLIED = "applied"
        PARTLY_APPLIED = "partly_applied"
        UNDONE = "undone"
        DISCARDED = "discarded"

    kind = models.CharField(max_length=12, choices=Kind, default=Kind.EDIT)
    state = models.CharField(max_length=15, choices=State, default=State.APPLIED)
    title = models.CharField(max_length=300)
    lines = models.JSONField(
        default=list, blank=True, help_text="for a proposal: action, arguments, base_version, reason"
    )
    projects = ArrayField(
        models.UUIDField(),
        default=list,
        db_default=[],
        blank=True,
        help_text="of a proposal: who sees all of them whole sees it",
    )
    undoes = models.ForeignKey(
        "self", models.CASCADE, null=True, blank=True, db_constraint=False, db_index=False, related_name="+"
    )
    actor = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    decided_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True, help_text="when a proposal was applied or discarded")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [*TENANT, TenantForeignKey(field="undoes", name="changeset_undoes_tenant")]
        indexes = [
            models.Index(fields=["workspace", "created_at"], name="changeset_newest"),
            models.Index(fields=["workspace", "-id"], name="changeset_proposed", condition=Q(state="proposed")),
            # an act that goes is looked for among what undoes it
            models.Index(fields=["workspace", "undoes"], name="changeset_undoes", condition=~Q(undoes=None)),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def applied(self) -> int:
        """How many lines of a proposal were applied."""
        return sum(line["state"] == "applied" for line in self.lines)

    @property
    def done_at(self) -> datetime:
        """When it was done: a proposal is done when it is applied."""
        return self.decided_at or self.created_at


class ActivityLog(TenantModel):
    """Append-only: what changed, in commit order, chained by hash. Everything that follows a change reads it."""

    seq = models.BigIntegerField()
    change = models.ForeignKey(ChangeSet, models.PROTECT, db_constraint=False, db_index=False, related_name="rows")
    event = models.CharField(max_length=40)
    actor = models.ForeignKey(User, models.DO_NOTHING, null=True, db_constraint=False, db_index=False, related_name="+")
    via = models.CharField(max_length=12)
    on_behalf_of = models.ForeignKey(
        User, models.DO_NOTHING, null=True, blank=True, db_constraint=False, db_index=False, related_name="+"
    )
    subject_type = models.CharField(max_length=20)
    subject_id = models.UUIDField()
    subject_key = models.CharField(max_length=30, blank=True, help_text="FLOW-42: what people call it")
    subject_label = models.CharField(max_length=300, blank=True)
    version = models.PositiveIntegerField(default=0, help_text="of the subject after the change")
    project_id = models.UUIDField(null=True, blank=True)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    cause_seq = models.BigIntegerField(null=True, blank=True)
    depth = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    salt = models.CharField(max_length=32, blank=True, help_text="of facts_hash; empty on rows older than it")
    facts_hash = models.CharField(max_length=64, blank=True, help_text="what the chain holds of label, before, after")
    erased_seq = models.BigIntegerField(null=True, blank=True, help_text="the row that tells of a person's erasure")
    prev_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [
            *TENANT,
            TenantForeignKey(field="change", name="activitylog_change_tenant", on_delete=""),
            models.UniqueConstraint(fields=["workspace", "seq"], name="activitylog_seq"),
        ]
        indexes = [
            models.Index(fields=["workspace", "change"], name="activitylog_change"),
            models.Index(fields=["workspace", "subject_id", "seq"], name="activitylog_subject"),
            models.Index(fields=["workspace", "subject_key", "seq"], name="activitylog_key"),
            models.Index(fields=["workspace", "project_id", "seq"], name="activitylog_project"),
            models.Index(fields=["workspace", "created_at", "seq"], name="activitylog_when"),
            models.Index(fields=["workspace", "actor", "created_at", "seq"], name="activitylog_person"),
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.event}"
