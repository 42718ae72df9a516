"""Background work on tasks (a Task is a card, never Celery's)."""

from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import UUID

from celery import shared_task
from django.utils import timezone
from kombu.exceptions import OperationalError

from workspaces import tenancy
from workspaces.actor import Actor


@shared_task(name="tasks.jobs.run_import", acks_late=True)
def run_import(workspace_id: str, run_id: str) -> None:
    """Import an uploaded board; runs again where a worker died, without doing anything twice."""
    from .imports.run import perform

    perform(UUID(workspace_id), UUID(run_id))


@shared_task
def tidy_files(workspace_id: str) -> None:
    """End the files that were removed long ago, and those of requests that died before their row was written."""
    from .actions.attachments import bury_files
    from .files import forget, left_behind

    now = timezone.now()
    bury_files(UUID(workspace_id), now=now)
    for path in left_behind(UUID(workspace_id), now - timedelta(hours=24)):
        forget(path)


def tell_people_soon(by: Actor, rows: list[Any]) -> None:
    """Have a worker tell people of these rows; what the queue does not take, the sweep finds."""
    from .notices.audience import TOLD_OF

    if not any(row.event in TOLD_OF or row.via == "import" for row in rows):
        return
    with suppress(OperationalError):
        tell_people.delay(str(by.workspace.pk))


@shared_task
def tell_people(workspace_id: str) -> None:
    """Tell people of the record's new rows, in their inboxes."""
    from .actions.telling import tell_people as tell

    tell(UUID(workspace_id))


def sweep_inboxes(workspace_id: str) -> None:
    """Each minute: tell what a dead worker or an absent queue left untold, and wake what was snoozed until now."""
    from .actions.notices import wake_items

    tell_people(workspace_id)
    with tenancy.workspace(workspace_id, atomic=True):
        wake_items(UUID(workspace_id), now=timezone.now())


@shared_task
def tidy_inboxes(workspace_id: str) -> None:
    """What was dealt with long ago goes."""
    from .actions.delivery import bury_deliveries
    from .actions.metering import bury_runs
    from .actions.notices import bury_items

    with tenancy.workspace(workspace_id, atomic=True):
        bury_items(UUID(workspace_id), now=timezone.now())
        bury_deliveries(UUID(workspace_id), now=timezone.now())
        bury_runs(UUID(workspace_id), now=timezone.now())


def deliver_soon(workspace_id: UUID, ids: list[UUID]) -> None:
    """Have a worker send what follows from these notifications; beat makes good what the queue does not take."""
    deliver_workspace.delay(str(workspace_id))


@shared_task
def deliver_workspace(workspace_id: str) -> None:
    """Mails and pushes of a workspace that are due."""
    from .notices.sending import deliver

    deliver(UUID(workspace_id))


@shared_task
def remind_workspace(workspace_id: str) -> None:
    """Reminders of due dates whose moment has come."""
    from .actions.reminding import remind

    remind(UUID(workspace_id), now=timezone.now())


def run_rules_soon(by: Actor, rows: list[Any]) -> None:
    """Have a worker let rules meet these rows; what the queue does not take, the sweep finds."""
    from .automations.triggers import EVENTS

    if any(row.event in EVENTS and row.via != "import" for row in rows):
        with suppress(OperationalError):
            run_rules.delay(str(by.workspace.pk))


@shared_task
def run_rules(workspace_id: str) -> None:
    """One turn of a workspace's rules; for the rest it queues again, behind everybody else's jobs."""
    from .actions.running import run_rules as run

    if run(UUID(workspace_id)):
        with suppress(OperationalError):
            run_rules.delay(workspace_id)


@shared_task
def meet_days(workspace_id: str) -> None:
    """Rules that wait for a day."""
    from .actions.coming import meet_days as meet

    meet(UUID(workspace_id), now=timezone.now())
