"""What the staff does to a workspace: for a reason, in the list of staff acts and in the workspace's own record."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.staff import LONGEST_REASON, LOOKED, SHORTEST_REASON, is_staff, note

from ..actor import Actor
from ..errors import Forbidden, Refused
from ..flags import FLAGS
from ..models import Workspace
from ..plans import this_month
from ..rules import line
from ..spine import action, record

HELD = timedelta(days=30)
MOST_TOKENS = 1_000_000_000


@action
def suspend_workspace(by: Actor, *, reason: str) -> Workspace:
    """From now on it can be read and not changed; its owners are written to."""
    workspace, reason = asked(by, "suspend", reason)
    if workspace.suspended_at:
        return workspace
    workspace.suspended_at, workspace.suspended_why = timezone.now(), reason
    return done(by, workspace, "workspace:suspended", "suspended_at", "suspended_why", reason=reason)


@action
def resume_workspace(by: Actor, *, reason: str) -> Workspace:
    """All goes on."""
    workspace, reason = asked(by, "suspend", reason)
    if workspace.suspended_at is None:
        return workspace
    workspace.suspended_at, workspace.suspended_why = None, ""
    return done(by, workspace, "workspace:resumed", "suspended_at", "suspended_why", reason=reason)


@action
def hold_workspace(by: Actor, *, confirm: str, reason: str) -> Workspace:
    """Delete it for its people; `confirm` repeats its address. For 30 days it can be brought back."""
    workspace, reason = asked(by, "hold", reason)
    if confirm != workspace.slug:
        raise Refused(f"To delete the workspace, type its address: {workspace.slug}.", "confirm")
    if workspace.deleted_at:
        return workspace
    workspace.deleted_at = timezone.now()
    return done(by, workspace, "workspace:deleted", "deleted_at", reason=reason)


@action
def restore_workspace(by: Actor, *, reason: str) -> Workspace:
    """Bring back what its owner or the staff deleted in the last 30 days."""
    workspace, reason = asked(by, "hold", reason)
    if workspace.deleted_at is None:
        return workspace
    if workspace.deleted_at < timezone.now() - HELD:
        raise Refused("It was deleted more than 30 days ago.")
    workspace.deleted_at = None
    return done(by, workspace, "workspace:restored", "deleted_at", reason=reason)


@action
def grant_tokens(by: Actor, *, tokens: int, reason: str) -> Workspace:
    """Tokens of the AI beyond the plan's, for this month (UTC); grants add up."""
    workspace, reason = asked(by, "grant", reason)
    if not 0 < tokens <= MOST_TOKENS:
        raise Refused(f"Between 1 and {MOST_TOKENS:,} tokens.", "tokens")
    month = this_month()
    workspace.extra_ai_tokens, workspace.extra_month = workspace.granted_tokens(month) + tokens, month
    facts = {"tokens": tokens, "month": f"{month:%B %Y}"}
    return done(by, workspace, "workspace:tokens_granted", "extra_ai_tokens", "extra_month", reason=reason, **facts)


@action
def switch_flag(by: Actor, *, flag: str, on: bool, reason: str) -> Workspace:
    """Switch one of workspaces/flags.py for this workspace."""
    workspace, reason = asked(by, "flag", reason)
    if flag not in FLAGS:
        raise Refused(f"There is no flag {flag!r}: there are {', '.join(FLAGS)}.", "flag")
    if on == (flag in workspace.flags):
        return workspace
    workspace.flags = sorted({*workspace.flags, flag}) if on else [one for one in workspace.flags if one != flag]
    return done(by, workspace, "workspace:flag_changed", "flags", reason=reason, flag=flag, on=on)


@action
def write_note(by: Actor, *, reason: str) -> None:
    """A note of the staff to itself: it touches nobody, so the workspace's record does not tell of it."""
    workspace, reason = asked(by, "annotate", reason)
    note(by.user, "note", workspace, reason=reason, tenant=workspace.pk)


@action
def note_record_taken(by: Actor, *, reason: str) -> Workspace:
    """The record leaves as a file, for the owners who asked for it."""
    workspace, reason = asked(by, "take_record", reason)
    return done(by, workspace, "audit:exported", reason=reason, format="jsonl", filter={})


@action
def look_in(by: Actor, *, kind: str, reason: str) -> Workspace:
    """Say why before the first row of a customer is shown, which is of that kind; it holds for an hour (accounts/staff.py)."""
    workspace, reason = asked(by, "view", reason)
    return done(by, workspace, LOOKED, reason=reason, mails=False, kind=kind[:40])


def asked(by: Actor, verb: str, reason: str) -> tuple[Workspace, str]:
    """The workspace, held, and the reason in one line; raises Forbidden."""
    if by.via != "support" or by.staff is not None or not is_staff(by.user, f"workspaces.{verb}_workspace"):
        raise Forbidden("Only the staff may do this.")
    reason = line(reason, "reason", longest=LONGEST_REASON)
    if len(reason) < SHORTEST_REASON:
        raise Refused(f"Say why in at least {SHORTEST_REASON} characters.", "reason")
    return Workspace.objects.select_for_update(no_key=True).get(pk=by.workspace.pk), reason


def done(
    by: Actor, workspace: Workspace, event: str, *fields: str, reason: str, mails: bool = True, **facts: Any
) -> Workspace:
    """Kept, told to the workspace and to the list of staff acts; owners are written to, unless the record is enough."""
    from ..support_jobs import tell_owners

    if fields:
        workspace.save(update_fields=list(fields))
    before = {"name": workspace.name} if event == "workspace:deleted" else {}
    record(by, event, workspace, before=before, after={**facts, "reason": reason}, label=workspace.name)
    act = note(by.user, event, workspace, reason=reason, tenant=workspace.pk, **facts)
    ids = str(workspace.pk), str(act.pk)
    if mails:
        transaction.on_commit(lambda: tell_owners.delay(*ids), robust=True)
    return workspace
