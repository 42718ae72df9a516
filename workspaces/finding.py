"""Finding the way in from the command line, where nobody has signed in: a member of the workspace at an address."""

from accounts.models import User

from . import tenancy
from .actor import Actor
from .errors import Refused
from .models import Membership, Workspace


def actor_in(slug: str, email: str = "", via: str = "system") -> Actor:
    """The member with that e-mail address, or the workspace's first owner."""
    membership = _member(slug, email) if email else _owner(slug)
    return Actor.of(membership).through(via, on_behalf_of=membership.user)


def _member(slug: str, email: str) -> Membership:
    """Found through the person's own eyes."""
    user = User.objects.filter(email__iexact=email, is_active=True).first()
    with tenancy.person(user and user.pk, atomic=True):
        rows = Membership.objects.filter(user=user, workspace__slug=slug, workspace__deleted_at=None)
        found: Membership | None = rows.select_related("workspace", "role", "user").first() if user else None
    if found is None:
        raise Refused(f"{email} is not a member of {slug}.", "email")
    return found


def _owner(slug: str) -> Membership:
    """Only the back-office's role can look a workspace up for nobody in particular."""
    key = Workspace.objects.using("ops").filter(slug=slug, deleted_at=None).values_list("pk", flat=True).first()
    if key is None:
        raise Refused(f"There is no workspace with the address {slug}.", "workspace")
    with tenancy.workspace(key, atomic=True):
        rows = Membership.objects.within(key).select_related("workspace", "role", "user")
        owner: Membership = rows.order_by("-role__level", "joined_at").first()
    return owner
