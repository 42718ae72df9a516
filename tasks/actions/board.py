"""The board's lock and the places in its columns."""

from collections.abc import Iterable

from django.db import connection

from workspaces.actor import Actor
from workspaces.errors import Refused
from workspaces.spine import record

from ..models import Project, Status, Task
from ..rank import LONG, between, spread

MANY = 30


def lock_board(project: Project, *, numbers: int = 0) -> int:
    """Hold the board until commit, so that places and numbers are given out one after another.

    Returns the last number before the `numbers` that were taken.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE tasks_project SET last_number = last_number + %s WHERE workspace_id = %s AND id = %s RETURNING last_number",
            [numbers, project.workspace_id, project.pk],
        )
        row = cursor.fetchone()
    if row is None:
        raise Refused("The project is gone.")
    return int(row[0]) - numbers


def rank_below(by: Actor, to: Status, after: Task | None, *, but: Task | None = None) -> str:
    """A free rank in the column directly below `after`, or at its top. The board must be locked."""
    column = Task.objects.filter(workspace=to.workspace_id, status=to)
    if but is not None:
        column = column.exclude(pk=but.pk)
    low = after.rank if after else ""
    high = column.filter(rank__gt=low).order_by("rank").values_list("rank", flat=True).first() or ""
    rank = between(low, high)
    if len(rank) <= LONG:
        return rank
    respread(by, to)
    for one in (after, but):
        if one is not None and one.status_id == to.pk:
            one.refresh_from_db(fields=["rank"])
    return rank_below(by, to, after, but=but)


def rank_at_foot(to: Status) -> str:
    """The rank of the column's last row, archived ones included; "" when it is empty."""
    ranks = Task.objects.filter(workspace=to.workspace_id, status=to).order_by("-rank").values_list("rank", flat=True)
    return ranks.first() or ""


def ranks_at(by: Actor, to: Status, count: int, *, top: bool) -> list[str]:
    """`count` free ranks at the column's foot or top, in order. The board must be locked."""
    ranks = _ranks_at(to, count, top)
    if max(map(len, ranks)) <= LONG:
        return ranks
    respread(by, to)
    return _ranks_at(to, count, top)


def _ranks_at(to: Status, count: int, top: bool) -> list[str]:
    if top:
        first = (
            Task.objects.filter(workspace=to.workspace_id, status=to)
            .order_by("rank")
            .values_list("rank", flat=True)
            .first()
        )
        return list(reversed(_chain(lambda rank: between("", rank), first or "", count)))
    foot = rank_at_foot(to)
    if count > MANY:  # one by one, the thousandth rank would be 17 characters long
        return [foot + rank for rank in spread(count)]
    return _chain(lambda rank: between(rank, ""), foot, count)


def _chain(step, rank: str, count: int) -> list[str]:  # type: ignore[no-untyped-def]
    ranks = []
    for _ in range(count):
        rank = step(rank)
        ranks.append(rank)
    return ranks


def respread(by: Actor, status: Status) -> None:
    """Rank a column anew, evenly: nothing changes place, but whoever keeps ranks must read them again."""
    rows = list(Task.objects.filter(workspace=status.workspace_id, status=status).order_by("rank").only("pk", "rank"))
    was = [row.rank for row in rows]
    for row, rank in zip(rows, spread(len(rows)), strict=True):
        row.rank = rank
    Task.objects.filter(workspace=status.workspace_id).bulk_update(rows, ["rank"], batch_size=1000)
    project = status.project
    record(
        by, "status:ranked", status, before={"ranks": was}, key=project.key, label=status.name, project_id=project.pk
    )


def first_status(project: Project) -> Status:
    """The leftmost column."""
    status = project.statuses.filter(deleted_at=None).order_by("rank").first()
    if status is None:
        raise Refused("The project has no columns: add one first.", "status")
    return status


def same_project(project: Project, rows: Iterable[Status | Task | None], field: str) -> None:
    """Refuses a column, task or label of another project."""
    if any(row is not None and row.project_id != project.pk for row in rows):
        raise Refused("That belongs to another project.", field)
