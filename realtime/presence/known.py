"""Of whom a guest knows, by the rule of the people lists: nobody else's name reaches them."""

from uuid import UUID

from workspaces import tenancy
from workspaces.actor import Actor
from workspaces.models import Membership
from workspaces.panels import knows_everybody, people_known


def known_to(workspace_id: str, user_id: str) -> frozenset[str] | None:
    """The ids of the people; None for everybody."""
    with tenancy.workspace(workspace_id, atomic=True):
        rows = Membership.objects.within(UUID(workspace_id)).select_related("workspace", "user", "role")
        membership = rows.filter(user_id=user_id).first()
        return frozenset({user_id}) if membership is None else known_by(Actor.of(membership))


def known_by(by: Actor) -> frozenset[str] | None:
    """The same for an actor, in the running transaction."""
    if knows_everybody(by):
        return None
    return frozenset(map(str, people_known(by).values_list("user_id", flat=True)))
