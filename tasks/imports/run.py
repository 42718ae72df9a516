"""One import run from its file to its project: whole, or not at all, however often a worker dies on it."""

import logging
from datetime import datetime
from uuid import UUID

from django.core.cache import cache
from django.db import InterfaceError, OperationalError

from workspaces import tenancy
from workspaces.actor import Actor
from workspaces.errors import Busy, Refused
from workspaces.models import Membership
from workspaces.spine import acting

from ..actions.imports import UNFINISHED, begin_import, fail_import, finish_import, import_board
from ..models import ImportRun
from . import trello
from .fault import ImportFault
from .progress import Tell, teller

log = logging.getLogger(__name__)
MOST_TRIES = 3
OUR_FAULT = "Something broke on our side while importing. Nothing was changed; please try again."


def perform(workspace_id: UUID, run_id: UUID, tell: Tell | None = None) -> None:
    """Import what the run asks for. A run that is finished, or in another worker's hands, is left alone."""
    found = _find(workspace_id, run_id)
    if found is None:
        return
    by, run = found
    begin_import(by, run)
    try:
        _import(by, run_id, tell or teller(run_id))
    except (OperationalError, InterfaceError, Busy):
        raise  # the database is away or busy: the run stays, and the sweep sends it again
    except ImportFault as fault:
        fail_import(by, run, error=str(fault))
    except Refused as no:
        fail_import(by, run, error=no.words)
    except Exception:
        log.exception("import %s failed", run_id)
        fail_import(by, run, error=OUR_FAULT)


def left_behind(workspace_id: UUID, before: datetime) -> list[UUID]:
    """The runs that no worker has finished since then: the sweep sends them again."""
    runs = ImportRun.objects.within(workspace_id).filter(state__in=UNFINISHED, created_at__lt=before)
    return list(runs.values_list("pk", flat=True))


def _find(workspace_id: UUID, run_id: UUID) -> tuple[Actor, ImportRun] | None:
    """The run without its file, and the person it runs for, who must still be a member."""
    with tenancy.workspace(workspace_id, atomic=True):
        run = ImportRun.objects.within(workspace_id).filter(pk=run_id, state__in=UNFINISHED).defer("data").first()
        members = Membership.objects.within(workspace_id).select_related("workspace", "role", "user")
        member = members.filter(user_id=run.user_id).first() if run else None
    if run is None or member is None:
        return None
    return Actor.of(member).through("import", on_behalf_of=member.user), run


def _count_tries(run_id: UUID) -> None:
    """A file that kills its worker is not tried for ever."""
    key = f"import-tries:{run_id}"
    cache.add(key, 0, 60 * 60 * 24)
    if cache.incr(key) > MOST_TRIES:
        raise ImportFault(f"The import was begun {MOST_TRIES} times and never finished; the file may be too large.")


def _import(by: Actor, run_id: UUID, tell: Tell) -> None:
    with acting(by):
        waiting = ImportRun.objects.within(by.workspace).filter(pk=run_id, state__in=UNFINISHED)
        run = waiting.select_for_update(skip_locked=True, no_key=True).first()
        if run is None:
            return
        _count_tries(run_id)
        tell(2, "Reading the file")
        board = trello.parse(bytes(run.data))
        project, report = import_board(by, board, kind=run.kind, again=run.again, tell=tell)
        finish_import(by, run, project=project, report=report)
