"""Every verb on workspaces and their people."""

from .changes import undo_change
from .invitations import accept_invitation, invite_member, revoke_invitation
from .members import change_role, leave_workspace, remove_member
from .tokens import create_token, revoke_token
from .workspaces import create_workspace, delete_workspace, update_workspace

__all__ = [
    "accept_invitation", "change_role", "create_token", "create_workspace", "delete_workspace", "invite_member",
    "leave_workspace", "remove_member", "revoke_invitation", "revoke_token", "undo_change", "update_workspace",
]  # fmt: skip
