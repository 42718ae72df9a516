"""What the staff switches for a single workspace: each flag with its sentence. Off unless it stands in `Workspace.flags`."""

from .models import Workspace

FLAGS: dict[str, str] = {
    "invitations_off": "Nobody is invited: for a workspace that mails strangers",
}


def has(workspace: Workspace, flag: str) -> bool:
    """Whether it is switched on here; costs nothing, for the row is read with every request."""
    assert flag in FLAGS, flag
    return flag in workspace.flags
