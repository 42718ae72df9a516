"""How many people are paid for: members, at least one. Guests, programs and pending invitations are not."""

from uuid import UUID

from workspaces.models import Membership
from workspaces.permissions import MEMBER

# what may change the number
EVENTS = frozenset({"member:joined", "member:removed", "member:left", "member:role_changed", "role:updated", "role:deleted"})  # fmt: skip

ENDS = frozenset({"workspace:deleted"})


def count_seats(workspace_id: UUID) -> int:
    """Inside the workspace."""
    rows = Membership.objects.within(workspace_id).filter(role__level__gte=MEMBER, user__is_program=False)
    return max(int(rows.count()), 1)
