"""Which task waits for which."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from workspaces.actor import Actor
from workspaces.constraints import TenantForeignKey
from workspaces.models import TENANT, TenantModel

from .tasks import Task


def standing(end: str) -> dict[str, None]:
    """What is empty, all of it, of a task at this end of a dependency for as long as it is in the way."""
    names = ("completed_at", "archived_at", "deleted_at", "project__deleted_at")
    return dict.fromkeys(f"{end}__{name}" for name in names)


class Dependency(TenantModel):
    """`blocked` waits until `blocking` is done; the two may stand in different projects of the workspace."""

    blocked = models.ForeignKey(Task, models.CASCADE, db_constraint=False, db_index=False, related_name="waits_for")
    blocking = models.ForeignKey(Task, models.CASCADE, db_constraint=False, db_index=False, related_name="holds_up")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            *TENANT,
            TenantForeignKey(field="blocked", name="dependency_blocked_tenant"),
            TenantForeignKey(field="blocking", name="dependency_blocking_tenant"),
            models.UniqueConstraint(fields=["workspace", "blocked", "blocking"], name="dependency_once"),
            models.CheckConstraint(condition=~Q(blocked=F("blocking")), name="dependency_of_two"),
        ]
        indexes = [models.Index(fields=["workspace", "blocking", "blocked"], name="dependency_blocking")]
        verbose_name_plural = "dependencies"

    def __str__(self) -> str:
        return f"{self.blocked_id} waits for {self.blocking_id}"

    @property
    def read_only(self) -> bool:
        return self.blocked.read_only

    def allows(self, by: Actor, permission: str) -> bool:
        return self.blocked.allows(by, permission)
