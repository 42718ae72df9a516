"""Bringing a foreign board in: one act that makes the project, its cards and what hangs on them, or adds what is new."""

from django.db import connection, transaction
from django.utils import timezone

from accounts.locks import hold
from workspaces.actor import Actor
from workspaces.errors import Refused
from workspaces.models import ChangeSet
from workspaces.spine import acting, action, current_act

from ..imports.board import Board
from ..imports.making import Making
from ..imports.progress import Tell, silent
from ..imports.report import Report
from ..models import ImportRun, Project

KINDS = ("trello",)
MOST_WAITING = 5


@action
def start_import(
    by: Actor, *, data: bytes, kind: str = "trello", file_name: str = "", again: bool = False
) -> ImportRun:
    """Keep the file and let a worker import it."""
    from ..jobs import run_import

    by.must("import.run")
    if kind not in KINDS:
        raise Refused(f"The kind is one of {', '.join(KINDS)}.", "kind")
    waiting = ImportRun.objects.within(by.workspace).filter(user=by.user, state__in=UNFINISHED)
    if waiting.count() >= MOST_WAITING:
        raise Refused(f"{MOST_WAITING} imports of yours are still waiting: let them finish first.", "file")
    run = ImportRun(workspace=by.workspace, user=by.user, kind=kind, data=data, file_name=file_name[:200], again=again)
    run.save(force_insert=True)
    ids = str(by.workspace.pk), str(run.pk)
    transaction.on_commit(lambda: run_import.delay(*ids), robust=True)
    return run


UNFINISHED = (ImportRun.State.QUEUED, ImportRun.State.RUNNING)


@action
def begin_import(by: Actor, run: ImportRun) -> None:
    """A worker has it."""
    waiting = ImportRun.objects.within(by.workspace).filter(pk=run.pk, state=ImportRun.State.QUEUED)
    waiting.update(state=ImportRun.State.RUNNING)


@action
def finish_import(by: Actor, run: ImportRun, *, project: Project, report: Report) -> ImportRun:
    """Note what came of it, in the transaction of the import itself: the one is never without the other."""
    act = current_act()
    run.state, run.project, run.report, run.data = ImportRun.State.DONE, project, report.as_json(), b""
    run.change_id = act.change_id if act and act.rows else None
    run.finished_at = timezone.now()
    run.save(update_fields=["state", "project", "report", "data", "change_id", "finished_at"])
    return run


@action
def fail_import(by: Actor, run: ImportRun, *, error: str) -> ImportRun:
    """Say why nothing was imported, and let the file go."""
    run.state, run.error, run.data, run.finished_at = ImportRun.State.FAILED, error[:500], b"", timezone.now()
    run.save(update_fields=["state", "error", "data", "finished_at"])
    return run


@action
def import_board(
    by: Actor, board: Board, *, kind: str = "trello", again: bool = False, key: str = "", tell: Tell = silent
) -> tuple[Project, Report]:
    """Make a project of the board. One that was imported before gets what is new in it, unless asked for `again`."""
    by.must("import.run")
    source = f"{kind}:{board.id}"
    _one_at_a_time(by, source)
    known = _imported_before(by, source)
    with acting(by, kind=ChangeSet.Kind.IMPORT, title=f"Imported {board.name} from {kind.capitalize()}"):
        making = Making(by, board, kind, tell)
        if known and not again:
            making.add_to(known)
        else:
            making.make(source, f"{board.name} (copy)" if known else board.name, key)
    return making.project, making.report


def _one_at_a_time(by: Actor, source: str) -> None:
    """Two imports of one board wait for each other, so that the second finds what the first made."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '5min'")
        hold(f"{by.workspace.pk}:{source}")
        cursor.execute("SET LOCAL lock_timeout = '3s'")


def _imported_before(by: Actor, source: str) -> Project | None:
    """The newest project made of this board that the actor may work in."""
    found = Project.objects.visible_to(by).filter(source=source, deleted_at=None).order_by("-created_at")
    return next((project for project in found if project.allows(by, "task.create")), None)
