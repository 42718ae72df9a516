"""Inboxes for tests: tell what is untold, and read what somebody was told."""

from tasks.actions.telling import tell_people
from tasks.models import Notification
from tasks.notices.reading import awake, seen_items
from workspaces import tenancy
from workspaces.actor import Actor


def told(who: Actor) -> list[tuple[str, str]]:
    """Everything that waits in an inbox, newest first, as (reason, FLOW-1); people are told first of what they were not."""
    return [(one.reason, one.task.ref if one.task else "") for one in items(who)]


def items(who: Actor) -> list[Notification]:
    """The same as rows."""
    tell_people(who.workspace.pk)
    with tenancy.workspace(who.workspace.pk, atomic=True):
        rows = awake(seen_items(who)).select_related("task__project")
        return list(rows.order_by("-shown_at", "-pk"))
