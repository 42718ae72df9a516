"""Who owns a workspace: in whose name the system acts there, as the record says, and who is written to."""

from uuid import UUID

from django.db.models import QuerySet

from . import tenancy
from .actor import Actor
from .models import Membership
from .permissions import OWNER


def system_of(workspace_id: UUID | str) -> Actor | None:
    """The system, in the name of who owns it longest; None where nobody does any more, or it was deleted."""
    with tenancy.workspace(workspace_id, atomic=True):
        rows = _owners(UUID(str(workspace_id))).select_related("workspace", "role", "user")
        owner = rows.filter(workspace__deleted_at=None).order_by("joined_at", "pk").first()
    return Actor.of(owner, via="system") if owner else None


def owners_of(workspace_id: UUID) -> list[str]:
    """The addresses that are written to."""
    rows = _owners(workspace_id).filter(user__is_active=True, user__is_program=False)
    return list(rows.values_list("user__email", flat=True))


def _owners(workspace_id: UUID) -> QuerySet[Membership]:
    return Membership.objects.within(workspace_id).filter(role__level__gte=OWNER)
