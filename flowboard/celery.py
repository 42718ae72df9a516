"""Background work: jobs stand in each app's jobs.py (a Task is a card, never Celery's)."""

import os
import time
from typing import Any

from celery import Celery, Task
from kombu.exceptions import OperationalError

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "flowboard.settings")
PAUSE = 2.0  # seconds without trying after the queue was away, so that it costs one time-out and not each write's
QUICK = {"socket_timeout": 0.25, "socket_connect_timeout": 0.25, "max_retries": 1, "interval_start": 0, "interval_step": 0}  # fmt: skip


class Queue(Celery):
    """Who hands over a job waits for a moment at most, where a worker that fetches one may wait for long."""

    def connection_for_write(self, url: str | None = None, **options: Any) -> Any:
        return super().connection_for_write(url, **{"transport_options": QUICK, "connect_timeout": 0.25} | options)


class Job(Task):  # type: ignore[misc]  (Celery is not typed)
    """What Redis does not take in time is not lost: each kind of job has a sweep."""

    abstract = True
    quiet_until = 0.0

    def apply_async(self, *args: Any, **options: Any) -> Any:
        """Raises OperationalError, at once when the queue was away a moment ago."""
        if time.monotonic() < Job.quiet_until:
            raise OperationalError("the queue was away a moment ago")
        try:
            return super().apply_async(*args, **options)
        except OperationalError:
            Job.quiet_until = time.monotonic() + PAUSE
            raise


app = Queue("flowboard", task_cls=Job)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(related_name="jobs")
