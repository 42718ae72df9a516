"""What every door does with an uploaded file: a first look, and the runs that a person may see."""

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404

from workspaces.actor import Actor
from workspaces.models import ChangeSet

from ..models import ImportRun
from ..models.projects import whole
from . import trello

# Read while the person waits: a tenth of a second or two. Larger files are read by the worker alone.
READ_AT_ONCE = 5 * 1024 * 1024


def look(data: bytes) -> None:
    """Raises ImportFault at once for a broken file of ordinary size."""
    if len(data) <= READ_AT_ONCE:
        trello.parse(data)


def runs_seen_by(by: Actor) -> QuerySet[ImportRun]:
    """One's own imports; who reads the whole record sees everybody's, but for those of private projects not theirs."""
    runs = ImportRun.objects.within(by.workspace).select_related("project").defer("data").order_by("-created_at")
    others = Q(project=None) | whole(by, "project__")
    return runs.filter(Q(user=by.user) | others if by.may("audit.read") else Q(user=by.user))


def run_seen_by(by: Actor, run_id: object) -> ImportRun:
    """The run, or 404."""
    run: ImportRun = get_object_or_404(runs_seen_by(by), pk=run_id)
    if run.project and not _visible(by, run):
        run.project = None
    return run


def _visible(by: Actor, run: ImportRun) -> bool:
    """Whether the project is still there for this person."""
    return (
        run.project.deleted_at is None and type(run.project).objects.visible_to(by).filter(pk=run.project_id).exists()
    )


def undone(run: ImportRun) -> bool:
    """Whether the import was taken back."""
    change = ChangeSet.objects.within(run.workspace_id).filter(pk=run.change_id)
    return bool(run.change_id) and change.filter(state=ChangeSet.State.UNDONE).exists()
