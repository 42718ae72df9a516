"""What every tenant's row has: an id, its workspace, the policy, and a key that other rows can point at."""

from typing import Any, ClassVar

from django.db import models

from accounts.ids import uuid7

from ..constraints import TenantIsolation
from ..scoping import TenantBase, TenantManager
from ..tenancy import current_workspace


class TenantModel(TenantBase):
    """Base of all tables that belong to a workspace."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    workspace = models.ForeignKey(
        "workspaces.Workspace",
        models.CASCADE,
        default=current_workspace,
        editable=False,
        db_index=False,
        related_name="+",
    )

    objects: ClassVar[Any] = TenantManager()

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(fields=["workspace", "id"], name="%(class)s_tenant_key"),
            TenantIsolation(name="%(class)s_rls"),
        ]


KEY = TenantModel.Meta.constraints[:1]
TENANT = TenantModel.Meta.constraints
