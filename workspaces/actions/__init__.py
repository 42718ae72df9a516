"""Every verb on workspaces and their people."""

from .audit import export_record, note_check
from .changes import undo_change
from .drafts import end_draft, keep_draft
from .invitations import accept_invitation, invite_member, revoke_invitation
from .members import change_role, leave_workspace, remove_member, transfer_ownership
from .people import erase_person
from .proposals import apply_change, discard_change, propose_change
from .roles import create_role, delete_role, update_role
from .security import require_second_factor
from .staff import (
    grant_tokens,
    hold_workspace,
    restore_workspace,
    resume_workspace,
    suspend_workspace,
    switch_flag,
    write_note,
)
from .support import decline_support, end_support, grant_support, request_support, start_support
from .tokens import create_token, create_workspace_token, revoke_token
from .viewing import start_viewing, stop_viewing
from .workspaces import choose_plan, create_workspace, delete_workspace, update_workspace

__all__ = [
    "accept_invitation", "apply_change", "change_role", "choose_plan", "create_role", "create_token", "create_workspace",
    "create_workspace_token", "decline_support", "delete_role", "delete_workspace", "discard_change", "end_draft", "end_support", "erase_person",
    "export_record", "grant_support", "grant_tokens", "hold_workspace", "invite_member", "keep_draft", "leave_workspace", "note_check", "propose_change", "remove_member",
    "request_support", "require_second_factor", "restore_workspace", "resume_workspace", "revoke_invitation", "revoke_token", "start_support", "start_viewing",
    "stop_viewing", "suspend_workspace", "switch_flag", "transfer_ownership", "undo_change", "update_role", "update_workspace", "write_note",
]  # fmt: skip
