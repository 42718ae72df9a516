"""What a workspace asks of how its members sign in."""

from accounts.factors import has_factor

from ..actor import Actor
from ..errors import Refused
from ..models import Workspace
from ..spine import action, record


@action
def require_second_factor(by: Actor, *, required: bool) -> Workspace:
    """Ask every member for a second factor, or no longer; whoever asks it of others has one."""
    by.must("workspace.manage")
    workspace = by.workspace
    if workspace.require_mfa == required:
        return workspace
    if required and not has_factor(by.user):
        raise Refused("Set up a second factor of your own first: you would be shut out too.", "require_mfa")
    workspace.require_mfa = required
    workspace.save(update_fields=["require_mfa"])
    event = "workspace:mfa_required" if required else "workspace:mfa_optional"
    record(
        by,
        event,
        workspace,
        before={"require_mfa": not required},
        after={"require_mfa": required},
        label=workspace.name,
    )
    return workspace
