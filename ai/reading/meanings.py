"""Which titles a worker has to read next, and which tasks mean nearly the same, with the actor's eyes."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from tasks.models import Task
from workspaces.actor import Actor
from workspaces.models import ActivityLog, Stream

from ..meaning import ALIKE, MOST_AT_ONCE, is_on, likeness
from ..models import AISettings, MeaningCursor, TaskMeaning
from ..models.meanings import apart

NEAR = 50  # by signs alone, of which the nearest are compared number by number
WINDOW = 2_000  # rows of the record


@dataclass(frozen=True)
class Unread:
    """Titles by task, and up to which row the record is read when these are; None: there are more."""

    titles: dict[UUID, str]
    seq: int | None


def unread(workspace_id: UUID) -> Unread | None:
    """What a worker has to read next; None when there is nothing, or nobody who is shown what comes of it. Inside the workspace."""
    if not AISettings.objects.within(workspace_id).filter(enabled=True).exists():
        return None
    head: int = Stream.objects.within(workspace_id).values_list("head", flat=True).get()
    cursor = MeaningCursor.objects.within(workspace_id).values_list("seq", flat=True).first()
    if cursor is None:
        return _from_the_start(workspace_id, head)
    if cursor >= head:
        return None
    upto = min(head, cursor + WINDOW)
    rows = ActivityLog.objects.within(workspace_id).filter(seq__gt=cursor, seq__lte=upto, subject_type="task")
    named = rows.filter(Q(event="task:created") | Q(event="task:updated", after__has_key="title"))
    return Unread(_titles(workspace_id, Q(pk__in=named.values("subject_id"))), upto)


def _from_the_start(workspace_id: UUID, head: int) -> Unread:
    """All tasks that were there before anybody read; the record is gone through from where it stood when the last were left."""
    known = TaskMeaning.objects.filter(workspace=workspace_id, task=OuterRef("pk"))
    titles = _titles(workspace_id, ~Exists(known), MOST_AT_ONCE)
    return Unread(titles, None if len(titles) == MOST_AT_ONCE else head)


def _titles(workspace_id: UUID, which: Q | Exists, most: int | None = None) -> dict[UUID, str]:
    rows = Task.objects.within(workspace_id).filter(which, deleted_at=None).order_by("pk")
    return dict(rows.values_list("pk", "title")[:most])


def meaning_alike(by: Actor, task: Task) -> dict[UUID, float]:
    """Tasks that the actor sees whose titles mean nearly the same, with how nearly. Only what they see is compared."""
    if not is_on():
        return {}
    mine = TaskMeaning.objects.within(by.workspace).filter(task=task).first()
    if mine is None:
        return {}
    seen = Task.objects.visible_to(by).filter(archived_at=None).exclude(pk=task.pk)
    rows = TaskMeaning.objects.within(by.workspace).filter(task__in=seen.values("pk"))
    near = rows.annotate(apart=apart(mine.bits)).order_by("apart", "task").values_list("task_id", "vector")[:NEAR]
    found = {key: likeness(mine.vector, vector) for key, vector in near}
    return {key: round(value, 2) for key, value in found.items() if value >= ALIKE}
