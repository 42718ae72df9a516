"""A worker beside the test, as it is in life: on a thread with a database connection and without an event loop of its own."""

from threading import Thread
from uuid import UUID

from django.db import connections

from ai.runs import perform


def work(workspace_id: UUID, run_id: UUID) -> None:
    """Take up a run and wait until it is over; for tests that commit."""
    worker = Thread(target=_perform, args=(workspace_id, run_id))
    worker.start()
    worker.join()


def _perform(workspace_id: UUID, run_id: UUID) -> None:
    perform(workspace_id, run_id)
    connections.close_all()
