"""How many people are paid for: members, at least one. Guests, programs and pending invitations are not."""

from uuid import UUID

from workspaces.plans import members

# what may change the number
EVENTS = frozenset({"member:joined", "member:removed", "member:left", "member:role_changed", "role:updated", "role:deleted"})  # fmt: skip

ENDS = frozenset({"workspace:deleted"})


def count_seats(workspace_id: UUID) -> int:
    """Inside the workspace."""
    return max(members(workspace_id), 1)
