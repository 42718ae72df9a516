"""In whose name the system acts on a workspace's plan: an owner's, as the record says."""

from uuid import UUID

from workspaces import tenancy
from workspaces.actor import Actor
from workspaces.models import Membership
from workspaces.permissions import OWNER


def system_of(workspace_id: UUID | str) -> Actor | None:
    """None where nobody owns it any more, or it was deleted."""
    with tenancy.workspace(workspace_id, atomic=True):
        rows = Membership.objects.within(UUID(str(workspace_id))).select_related("workspace", "role", "user")
        owner = rows.filter(role__level__gte=OWNER, workspace__deleted_at=None).order_by("joined_at", "pk").first()
    return Actor.of(owner, via="system") if owner else None


def owners_of(workspace_id: UUID) -> list[str]:
    """The addresses that are written to."""
    rows = Membership.objects.within(workspace_id).filter(
        role__level__gte=OWNER, user__is_active=True, user__is_program=False
    )
    return list(rows.values_list("user__email", flat=True))
