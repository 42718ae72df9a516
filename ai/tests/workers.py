"""A worker beside the test, as it is in life: on a thread with a database connection and without an event loop of its own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Thread
from typing import TypeVar
from uuid import UUID

from django.db import connections

from ai.models import AIRun
from ai.runs import perform
from workspaces import tenancy
from workspaces.actor import Actor

T = TypeVar("T")


def apart(do: Callable[[], T]) -> T:
    """What it gives, done as a worker does it; for tests that commit, since a browser's test leaves its event loop in the thread of those after it."""

    def done() -> T:
        try:
            return do()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as beside:
        return beside.submit(done).result()


def work(workspace_id: UUID, run_id: UUID) -> None:
    """Take up a run and wait until it is over; for tests that commit."""
    worker = Thread(target=_perform, args=(workspace_id, run_id))
    worker.start()
    worker.join()


def work_newest(by: Actor) -> None:
    """The newest run of the actor's workspace."""
    with tenancy.workspace(by.workspace.pk, atomic=True):
        run = AIRun.objects.within(by.workspace).order_by("-created_at").values_list("pk", flat=True)[0]
    work(by.workspace.pk, run)


def _perform(workspace_id: UUID, run_id: UUID) -> None:
    perform(workspace_id, run_id)
    connections.close_all()
