"""Background runs: from the queue to what came of them, once, however often a worker dies on the way."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import InterfaceError, OperationalError
from django.http import Http404
from django.utils import timezone
from django.utils.module_loading import import_string

from workspaces import tenancy
from workspaces.actor import Actor
from workspaces.errors import Busy, Refused
from workspaces.models import Membership

from .actions.runs import MOST_TRIES, OPEN, SILENT, State, claim_run, fail_run, finishing, note_life, note_step
from .asking import Answer, Ask
from .models import AIRun
from .service import complete

log = logging.getLogger(__name__)
OUR_FAULT = "Something broke on our side. Nothing was changed; please try again."


@dataclass(frozen=True)
class Kind:
    """`work`: where the function (Running) -> None stands. It tells its steps and ends in `with run.finishing() as done:`,
    setting `done.change`, and `done.result` to {"summary": words, "page": the address of what came of it} and more.
    """

    title: str
    work: str


KINDS: dict[str, Kind] = {
    "breakdown": Kind("Break down", "ai.features.breaking.break_down"),
    "analyse": Kind("How it stands", "ai.features.analysing.analyse"),
    "triage": Kind("Suggestions", "ai.features.modelling.ask_model"),
    "reschedule": Kind("Reschedule", "ai.rescheduling.planning.plan_project"),
    "reading": Kind("Read words", "ai.rescheduling.words.read_words"),
}


class Cancelled(Exception):
    """The run was cancelled: leave it."""


@dataclass(frozen=True)
class Running:
    """A run in a worker's hands. No transaction is open around it: it reads and asks in short ones."""

    by: Actor
    id: UUID
    inputs: dict[str, Any]

    def tell(self, percent: int, step: str) -> None:
        """How far it is. Raises Cancelled."""
        if not note_step(self.by.workspace.pk, self.id, percent=percent, step=step):
            raise Cancelled

    def ask(self, ask: Ask, *, again: bool = False) -> Answer:
        """The model's answer. Cancelled meanwhile, the model is stopped and what was used is settled. Raises Cancelled."""
        return complete(self.by, ask, again=again, watch=self._watch)

    def _watch(self) -> None:
        if not note_life(self.by.workspace.pk, self.id):
            raise Cancelled

    @contextmanager
    def finishing(self) -> Iterator[AIRun]:
        """The one act in which all effects happen: set `result` and `change` on what it gives. Raises Cancelled."""
        with finishing(self.by, self.id) as row:
            if row is None:
                raise Cancelled
            yield row


def perform(workspace_id: UUID, run_id: UUID) -> bool:
    """Do what the run asks for. False when it is over, or not its turn: whoever ends before it, or the sweep, sends it again."""
    row = claim_run(workspace_id, run_id)
    if row is None:
        return False
    by = _actor(row)
    if by is None or row.tries > MOST_TRIES:
        why = "Whoever started it has left." if by is None else f"It was begun {MOST_TRIES} times and never finished."
        fail_run(workspace_id, run_id, error=why)
        return True
    try:
        import_string(KINDS[row.kind].work)(Running(by, row.pk, row.inputs))
    except Cancelled:
        log.info("run %s was cancelled", run_id)
    except (OperationalError, InterfaceError, Busy):
        raise  # the database is away or busy: the run stays, and the sweep sends it again
    except Refused as no:
        fail_run(workspace_id, run_id, error=no.words)
    except Exception:
        log.exception("run %s failed", run_id)
        fail_run(workspace_id, run_id, error=OUR_FAULT)
    return True


def next_run(workspace_id: UUID) -> UUID | None:
    """Whose turn it is in this workspace."""
    with tenancy.workspace(workspace_id, atomic=True):
        rows = AIRun.objects.within(workspace_id).filter(state=State.QUEUED).order_by("created_at")
        return rows.values_list("pk", flat=True).first()  # type: ignore[no-any-return]


def left_behind(workspace_id: UUID, before: datetime) -> list[UUID]:
    """Runs that wait since then, or whose worker is silent; inside the workspace."""
    rows = AIRun.objects.within(workspace_id).filter(state__in=OPEN).order_by("created_at")
    waiting = rows.filter(state=State.QUEUED, created_at__lt=before)[:1]
    silent = rows.filter(state=State.RUNNING, seen_at__lt=timezone.now() - SILENT)
    return [*silent.values_list("pk", flat=True), *waiting.values_list("pk", flat=True)]


def run_seen_by(by: Actor, run_id: UUID) -> AIRun:
    """Somebody's own; of others' who manages the workspace sees how far they are, and not what came of them. Raises Http404."""
    rows = AIRun.objects.within(by.workspace).filter(pk=run_id).select_related("change")
    row: AIRun | None = rows.first()
    if row is None or (row.user_id != by.user.pk and not by.holds("workspace.manage")):
        raise Http404
    if row.user_id != by.user.pk:
        row.result = {}
    return row


def run_of(by: Actor, run_id: UUID) -> AIRun:
    """One's own. Raises Http404."""
    row = run_seen_by(by, run_id)
    if row.user_id != by.user.pk:
        raise Http404
    return row


def _actor(row: AIRun) -> Actor | None:
    """The person it runs for, who must still be a member; what it does is done by the AI on their behalf."""
    with tenancy.workspace(row.workspace_id, atomic=True):
        members = Membership.objects.within(row.workspace_id).select_related("workspace", "role", "user")
        member = members.filter(user_id=row.user_id, user__is_active=True).first()
    return Actor.of(member).through("ai", on_behalf_of=member.user) if member else None
