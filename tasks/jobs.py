"""Background work on tasks (a Task is a card, never Celery's)."""

from uuid import UUID

from celery import shared_task


@shared_task(name="tasks.jobs.run_import", acks_late=True)
def run_import(workspace_id: str, run_id: str) -> None:
    """Import an uploaded board; runs again where a worker died, without doing anything twice."""
    from .imports.run import perform

    perform(UUID(workspace_id), UUID(run_id))
