"""Background work: jobs stand in each app's jobs.py (a Task is a card, never Celery's)."""

import os
from typing import Any

from celery import Celery, Task
from kombu.exceptions import OperationalError

from accounts.breaker import telling

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "flowboard.settings")
QUICK = {"socket_timeout": 0.25, "socket_connect_timeout": 0.25, "max_retries": 1, "interval_start": 0, "interval_step": 0}  # fmt: skip


class Queue(Celery):
    """Who hands over a job waits for a moment at most, where a worker that fetches one may wait for long."""

    def connection_for_write(self, url: str | None = None, **options: Any) -> Any:
        return super().connection_for_write(url, **{"transport_options": QUICK, "connect_timeout": 0.25} | options)


class Job(Task):  # type: ignore[misc]  (Celery is not typed)
    """What Redis does not take in time is not lost: each kind of job has a sweep."""

    abstract = True

    def apply_async(self, *args: Any, **options: Any) -> Any:
        """Raises OperationalError, at once when Redis was away a moment ago."""
        if not telling.may_ask():
            raise OperationalError("the queue was away a moment ago")
        try:
            handed_over = super().apply_async(*args, **options)
        except OperationalError as error:
            telling.failed(error)
            raise
        except BaseException:  # the job's own fault
            telling.worked()
            raise
        telling.worked()
        return handed_over

    def on_failure(self, error: BaseException, call: str, args: Any, kwargs: Any, info: Any) -> None:
        """Kept for the back-office, from which it can be tried again."""
        from office.failing import tell

        tell(self, error, call, args, kwargs)


app = Queue("flowboard", task_cls=Job)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(related_name="jobs")
