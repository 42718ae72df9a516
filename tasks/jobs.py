"""Background work on tasks (a Task is a card, never Celery's)."""

from datetime import timedelta
from uuid import UUID

from celery import shared_task
from django.utils import timezone


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
