"""An inbox as its person sees it now: which items, in which box, and how many of them are unread.

What they may no longer see is no longer there, whatever they were told: every read goes through `seen_items`.
"""

from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now

from workspaces.actor import Actor

from ..models import Comment, Notification, Project, Task

BOXES = {
    "needs_me": "waits for you", "activity": "what happened around you", "snoozed": "put away until later",
    "done": "what you have dealt with",
}  # fmt: skip
COUNTED = 100  # unread items that are counted; beyond it is 99+


def seen_items(by: Actor) -> Any:
    """The actor's items about what they see: a task, some task of a bulk act, a project, or themself."""
    tasks, projects = Task.objects.visible_to(by), Project.objects.visible_to(by)
    gone = Comment.objects.within(by.workspace).filter(pk=OuterRef("comment"), deleted_at__isnull=False)
    return (
        Notification.objects.within(by.workspace)
        .filter(
            Q(task__isnull=False) & Exists(tasks.filter(pk=OuterRef("task")))
            | Q(task=None, task_ids__len__gt=0) & Exists(tasks.filter(pk__any=OuterRef("task_ids")))
            | Q(task=None, task_ids__len=0) & (Q(project=None) | Exists(projects.filter(pk=OuterRef("project")))),
            user=by.user,
        )
        .exclude(Q(count=1, comment__isnull=False) & Exists(gone))
    )


def awake(rows: Any) -> Any:
    """Neither done nor snoozed."""
    return rows.filter(Q(snoozed_until=None) | Q(snoozed_until__lte=Now()), done_at=None)


def in_box(rows: Any, box: str) -> Any:
    """The rows of one of BOXES."""
    if box == "done":
        return rows.filter(done_at__isnull=False)
    if box == "snoozed":
        return rows.filter(snoozed_until__gt=Now(), done_at=None)
    return awake(rows).filter(needs_me=box == "needs_me")


def unread(by: Actor, box: str = "needs_me") -> Any:
    """The first ids of what is unread: as many as are counted."""
    return in_box(seen_items(by), box).filter(read_at=None).order_by().values("pk")[:COUNTED]


def counts(by: Actor) -> dict[str, int]:
    """How many unread items each of the two boxes holds."""
    return {box: len(unread(by, box)) for box in ("needs_me", "activity")}


def find_item(by: Actor, pk: UUID) -> Notification | None:
    """One item of the actor's."""
    return seen_items(by).filter(pk=pk).first()  # type: ignore[no-any-return]
