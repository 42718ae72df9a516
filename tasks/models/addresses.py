"""Where a task stood before it moved to another project: FLOW-42 still leads to it."""

from django.db import models

from workspaces.constraints import TenantForeignKey
from workspaces.models import TENANT, TenantModel

from .projects import Project
from .tasks import Task


class FormerAddress(TenantModel):
    """A number that the task had in a project; it is given to no other, and to this one again when it comes back."""

    project = models.ForeignKey(Project, models.CASCADE, db_constraint=False, db_index=False, related_name="+")
    number = models.PositiveIntegerField()
    task = models.ForeignKey(Task, models.CASCADE, db_constraint=False, db_index=False, related_name="former_addresses")

    class Meta:
        constraints = [
            *TENANT,
            TenantForeignKey(field="project", name="formeraddress_project_tenant"),
            TenantForeignKey(field="task", name="formeraddress_task_tenant"),
            models.UniqueConstraint(fields=["workspace", "project", "number"], name="formeraddress_once"),
        ]
        indexes = [models.Index(fields=["workspace", "task"], name="formeraddress_task")]
        verbose_name_plural = "former addresses"

    def __str__(self) -> str:
        return f"{self.project_id} {self.number}"
