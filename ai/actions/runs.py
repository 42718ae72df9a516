"""Runs from their start to their end. What a run itself changes, it changes through the verbs of the product.

Who started a run may cancel it. At most `AT_ONCE` of a workspace are at work at a time, so that its jobs never fill
all workers while another workspace waits.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from accounts.locks import hold
from workspaces import tenancy
from workspaces.actor import Actor
from workspaces.errors import Forbidden, Refused
from workspaces.spine import acting, action

from .. import access
from ..models import AIRun

State = AIRun.State
OPEN = (State.QUEUED, State.RUNNING)
AT_ONCE = 1  # of one workspace
MOST_WAITING = 5  # of one person
MOST_TRIES = 3
SILENT = timedelta(minutes=3)  # after which a worker counts as dead; no call of a model takes as long
KEPT = timedelta(days=30)


@action
def start_run(by: Actor, *, kind: str, inputs: dict[str, Any]) -> AIRun:
    """Have a worker do it."""
    from ..jobs import perform_soon
    from ..runs import KINDS

    if not access.may_propose(by):
        by.must(access.PERMISSION)
    if kind not in KINDS:
        raise Refused(f"The kind is one of {', '.join(KINDS) or 'none yet'}.", "kind")
    waiting = AIRun.objects.within(by.workspace).filter(user=by.user, state__in=OPEN)
    if waiting.count() >= MOST_WAITING:
        raise Refused(f"{MOST_WAITING} runs of yours are still waiting: let them finish, or cancel one.")
    run = AIRun(
        workspace=by.workspace, user=by.user, kind=kind, inputs=inputs, via=by.via, step="Waiting for a free worker"
    )
    run.save(force_insert=True)
    transaction.on_commit(lambda: perform_soon(by.workspace.pk, run.pk), robust=True)
    return run


@action
def cancel_run(by: Actor, run: AIRun) -> AIRun:
    """Stop it: a worker that has it stops at its next step. A run that is over stays what it is."""
    if run.user_id != by.user.pk:
        by.must("workspace.manage")
    now = timezone.now()
    rows = AIRun.objects.within(by.workspace).filter(pk=run.pk, state__in=OPEN)
    rows.update(state=State.CANCELLED, step="Cancelled", finished_at=now)
    run.refresh_from_db()
    return run


@action
def repeat_run(by: Actor, run: AIRun) -> AIRun:
    """Do one's own anew, whatever was answered before."""
    if run.user_id != by.user.pk:
        raise Forbidden("Only whoever started a run may do it again.")
    return start_run(by, kind=run.kind, inputs=run.inputs | {"again": True})


def claim_run(workspace_id: UUID, run_id: UUID) -> AIRun | None:
    """The run for whoever works on it; None where it is over, in other hands, or its workspace's turn is not yet."""
    with tenancy.workspace(workspace_id, atomic=True):
        hold(f"ai-runs:{workspace_id}")
        now = timezone.now()
        rows = AIRun.objects.within(workspace_id)
        if rows.filter(state=State.RUNNING, seen_at__gte=now - SILENT).count() >= AT_ONCE:
            return None
        mine = rows.filter(Q(state=State.QUEUED) | Q(state=State.RUNNING, seen_at__lt=now - SILENT), pk=run_id)
        mine.update(state=State.RUNNING, seen_at=now, tries=F("tries") + 1)
        found: AIRun | None = rows.filter(pk=run_id, state=State.RUNNING, seen_at=now).first()
        return found


def note_step(workspace_id: UUID, run_id: UUID, *, percent: int, step: str) -> bool:
    """How far it is; False when it was cancelled meanwhile."""
    with tenancy.workspace(workspace_id, atomic=True):
        rows = AIRun.objects.within(workspace_id).filter(pk=run_id, state=State.RUNNING)
        return bool(rows.update(progress=min(max(percent, 0), 100), step=step[:200], seen_at=timezone.now()))


def note_life(workspace_id: UUID, run_id: UUID) -> bool:
    """Its worker is at it; False when it was cancelled meanwhile."""
    with tenancy.workspace(workspace_id, atomic=True):
        rows = AIRun.objects.within(workspace_id).filter(pk=run_id, state=State.RUNNING)
        return bool(rows.update(seen_at=timezone.now()))


@contextmanager
def finishing(by: Actor, run_id: UUID) -> Iterator[AIRun | None]:
    """The last step: what the block changes, and that the run is done, are one act. None: it was cancelled, or is done already."""
    with acting(by):
        rows = AIRun.objects.within(by.workspace).filter(pk=run_id, state=State.RUNNING)
        run: AIRun | None = rows.select_for_update(no_key=True).first()
        yield run
        if run is not None:
            run.state, run.progress, run.step, run.finished_at = State.DONE, 100, "Finished", timezone.now()
            run.save(update_fields=["state", "progress", "step", "finished_at", "result", "change"])


def fail_run(workspace_id: UUID, run_id: UUID, *, error: str) -> None:
    """Say why nothing came of it."""
    with tenancy.workspace(workspace_id, atomic=True):
        rows = AIRun.objects.within(workspace_id).filter(pk=run_id, state__in=OPEN)
        rows.update(state=State.FAILED, error=error[:500], step="Failed", finished_at=timezone.now())


def end_runs(by: Actor, membership: Any) -> None:
    """Within the act that ends a membership."""
    rows = AIRun.objects.within(by.workspace)
    theirs = rows.filter(user=membership.user_id, state__in=OPEN)
    theirs.update(state=State.CANCELLED, step="Cancelled", finished_at=timezone.now())
    rows.filter(kind="analyse").update(result={})  # which may speak of them


def bury_runs(workspace_id: UUID) -> None:
    """What is over for 30 days goes; a proposal that came of it stays."""
    with tenancy.workspace(workspace_id, atomic=True):
        AIRun.objects.within(workspace_id).filter(finished_at__lt=timezone.now() - KEPT).delete()
