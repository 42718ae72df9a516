"""Background work of the AI."""

from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import UUID

from celery import shared_task
from django.conf import settings
from django.utils import timezone
from kombu.exceptions import OperationalError

from workspaces import tenancy
from workspaces.actor import Actor
from workspaces.models import Membership


@shared_task(name="ai.jobs.perform_run", acks_late=True)
def perform_run(workspace_id: str, run_id: str) -> None:
    """One run; when it is over, the next of its workspace. Runs again where a worker died, without doing anything twice."""
    from .runs import next_run, perform

    if perform(UUID(workspace_id), UUID(run_id)) and (following := next_run(UUID(workspace_id))):
        perform_soon(UUID(workspace_id), following)


def perform_soon(workspace_id: UUID, run_id: UUID) -> None:
    """What the queue does not take, the sweep finds."""
    with suppress(OperationalError):
        perform_run.delay(str(workspace_id), str(run_id))


def sweep_ai(workspace_id: str) -> None:
    """Each minute: charge what dead processes left held, write to owners whose budget runs low, take up runs that wait or whose worker died, and read titles that nobody has read."""
    from .actions.metering import sweep_reservations
    from .actions.warnings import send_warnings
    from .runs import left_behind

    sweep_reservations(UUID(workspace_id))
    send_warnings(UUID(workspace_id))
    with tenancy.workspace(workspace_id, atomic=True):
        waiting = left_behind(UUID(workspace_id), timezone.now() - timedelta(minutes=1))
    for pk in waiting:
        perform_soon(UUID(workspace_id), pk)
    learn_titles.delay(workspace_id)


@shared_task
def tidy_ai(workspace_id: str) -> None:
    """Each hour: texts end with the workspace's days, kept answers with their day, and runs after a month."""
    from .actions.metering import forget_texts
    from .actions.runs import bury_runs
    from .models import AISettings

    with tenancy.workspace(workspace_id, atomic=True):
        row = AISettings.objects.within(UUID(workspace_id)).first()
    forget_texts(UUID(workspace_id), keep_days=row.keep_days if row and row.keep_texts else None)
    bury_runs(UUID(workspace_id))


@shared_task
def try_connection(workspace_id: str, user_id: str, connection_id: str) -> None:
    """Ask a connection a word, for somebody who waits on the settings page."""
    from .models import AIConnection
    from .probing import probe

    with tenancy.workspace(workspace_id, atomic=True):
        rows = Membership.objects.filter(workspace=workspace_id, user=user_id).select_related(
            "workspace", "role", "user"
        )
        membership = rows.first()
        connection = AIConnection.objects.filter(workspace=workspace_id, pk=connection_id).first()
    if membership and connection:
        probe(Actor.of(membership), connection)


@shared_task(name="ai.jobs.try_versions", acks_late=True)
def try_versions(version_ids: list[str], since: int) -> None:
    """One saved case with one of these versions that has not been tried since then (seconds of 1970); the next is a job
    of its own, so that nobody's run waits for all of them, and one that dies is taken up where it was.
    """
    from .trying import try_next

    while try_next(version_ids, since):
        with suppress(OperationalError):
            try_versions.delay(version_ids, since)
            return


def learn_soon(by: Actor, rows: list[Any]) -> None:
    """Have a worker read new titles; what the queue does not take, the sweep finds."""
    if not settings.SIMILAR_BY_MEANING or not any(
        row.event == "task:created" or (row.event == "task:updated" and "title" in row.after) for row in rows
    ):
        return
    with suppress(OperationalError):
        learn_titles.delay(str(by.workspace.pk))


@shared_task
def learn_titles(workspace_id: str) -> None:
    """Keep what the titles mean that the record tells of: a round at a time, in short transactions, the model outside of them."""
    from .actions.meanings import keep_meanings
    from .meaning import is_on, vectors_of
    from .reading.meanings import unread

    here = UUID(workspace_id)
    while is_on():
        with tenancy.workspace(here, atomic=True):
            found = unread(here)
        if found is None:
            return
        vectors = vectors_of(list(found.titles.values())) if found.titles else []
        made = {key: (title, vector) for (key, title), vector in zip(found.titles.items(), vectors, strict=True)}
        keep_meanings(here, made, seq=found.seq)
