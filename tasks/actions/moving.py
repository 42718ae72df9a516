"""Moving cards."""

from django.utils import timezone

from workspaces.actor import Actor
from workspaces.errors import Refused, Stale
from workspaces.spine import action, record

from ..models import Status, Task
from .board import lock_board, rank_below, same_project
from .dependencies import tell_waiting
from .meeting import Elsewhere, Since


@action
def move_task(
    by: Actor,
    task: Task,
    *,
    to: Status,
    after: Task | None = None,
    base_version: int | None = None,
    seen: int | None = None,
    rank: str = "",
) -> Task:
    """Move a task to a column of its board, below `after` or to the top. `rank` asks for an old place back (undo).

    `base_version` refuses (Stale) when anything of the task has changed since; `seen` (Elsewhere) only when its place has.
    """
    by.must("task.edit", task)
    same_project(task.project, [to, after], "status" if to.project_id != task.project_id else "after")
    lock_board(task.project)
    known = task.status
    held = Task.objects.within(by.workspace).select_for_update(no_key=True)  # an edit counts the version up too
    task.refresh_from_db(
        from_queryset=held,
        fields=["status", "rank", "version", "field_versions", "completed_at", "archived_at", "deleted_at"],
    )
    if task.status_id == known.pk:
        task.status = known
    _check(task, to, after, base_version)
    _check_place(by, task, seen)
    if _is_there(task, to, after):
        return task
    rank = rank if rank and _free(to, rank) else rank_below(by, to, after, but=task)
    was = {"status": task.status.fact, "rank": task.rank, "open": task.is_open}
    in_the_way = task.in_the_way
    _place(task, to, rank, by)
    now = {"status": to.fact, "rank": task.rank, "open": task.is_open}
    record(by, "task:moved", task, before=was, after=now, key=task.ref, label=task.title, project_id=task.project_id)
    tell_waiting(by, task, was=in_the_way)
    return task


def _check(task: Task, to: Status, after: Task | None, base_version: int | None) -> None:
    if base_version is not None and base_version != task.version:
        raise Stale(f"{task.ref} was changed by somebody else in the meantime.", "version")
    if task.deleted_at:
        raise Refused(f"{task.ref} was deleted.")
    if to.deleted_at:
        raise Refused(f"The column {to.name} was removed.", "status")
    if after:
        after.refresh_from_db(fields=["status", "rank"])
        if after.status_id != to.pk or after.pk == task.pk:
            raise Refused(f"{after.ref} is not in the column {to.name}.", "after")


def _check_place(by: Actor, task: Task, seen: int | None) -> None:
    """Who moves a card from where it no longer stands is told who moved it, and never overrides them."""
    if seen is None or task.changed_at("place") <= seen:
        return
    since = Since.of(by, task, "task:moved", "status", seen)
    words = since.words if since.rows else f"{task.ref} was taken off the board or brought back meanwhile."
    raise Elsewhere(words, "version")


def _is_there(task: Task, to: Status, after: Task | None) -> bool:
    """Whether the card already stands directly below `after` among the open cards."""
    if task.status_id != to.pk:
        return False
    above = (
        Task.objects.filter(workspace=task.workspace_id, status=to, rank__lt=task.rank).open().order_by("-rank").first()
    )
    return (above and above.pk) == (after and after.pk)


def _free(to: Status, rank: str) -> bool:
    return not Task.objects.filter(workspace=to.workspace_id, status=to, rank=rank).exists()


def _place(task: Task, to: Status, rank: str, by: Actor) -> None:
    done = to.category == Status.Category.DONE
    if task.status_id != to.pk:
        task.completed_at = (task.completed_at or by.at or timezone.now()) if done else None
    task.status, task.rank = to, rank
    task.save(update_fields=["status", "rank", "completed_at", *task.touch(by.at or timezone.now(), "place")])
