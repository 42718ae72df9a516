"""Finding the way in from the command line, where nobody has signed in: the workspace by its address, then a member of it."""

from . import tenancy
from .actor import Actor
from .errors import Refused
from .models import Membership, Workspace


def actor_in(slug: str, email: str = "", via: str = "system") -> Actor:
    """The member with that e-mail address, or the workspace's first owner."""
    key = Workspace.objects.using("ops").filter(slug=slug, deleted_at=None).values_list("pk", flat=True).first()
    if key is None:
        raise Refused(f"There is no workspace with the address {slug}.", "workspace")
    with tenancy.workspace(key, atomic=True):
        members = Membership.objects.within(key).select_related("workspace", "role", "user")
        chosen = members.filter(user__email__iexact=email) if email else members.order_by("-role__level", "joined_at")
        membership = chosen.first()
    if membership is None:
        raise Refused(f"{email} is not a member of {slug}.", "email")
    return Actor.of(membership).through(via, on_behalf_of=membership.user)
