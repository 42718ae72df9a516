"""What became of suggestions for tasks: the next ones learn from it."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from accounts.models import User
from tasks.models import Task
from workspaces.constraints import TenantForeignKey
from workspaces.models import TENANT, ChangeSet, TenantModel


class TriageVerdict(TenantModel):
    """Somebody's yes or no to one suggestion for one task."""

    task = models.ForeignKey(Task, models.CASCADE, db_constraint=False, db_index=False, related_name="+")
    field = models.CharField(max_length=10, help_text="label, assignee, priority, project, duplicate")
    value = models.CharField(max_length=40, help_text="id of the label or person, priority, key of the project or task")
    source = models.CharField(max_length=10, help_text="rule, similarity, model")
    stems = ArrayField(
        models.CharField(max_length=40), default=list, blank=True, help_text="beginnings of the title's words"
    )
    change = models.ForeignKey(
        ChangeSet,
        models.CASCADE,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
        help_text="the act of a yes; none: a no",
    )
    user = models.ForeignKey(User, models.SET_NULL, null=True, db_index=False, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            *TENANT,
            TenantForeignKey(field="task", name="triageverdict_task_tenant"),
            TenantForeignKey(field="change", name="triageverdict_change_tenant"),
            models.UniqueConstraint(fields=["workspace", "task", "field", "value"], name="triageverdict_once"),
        ]
        indexes = [models.Index(fields=["workspace", "created_at"], name="triageverdict_newest")]

    def __str__(self) -> str:
        return f"{self.field} {self.value}: {'taken' if self.change_id else 'dropped'}"
