"""Handing over a job never holds up whoever does it."""

from collections.abc import Iterator
from typing import Any

import pytest
import redis
from kombu.exceptions import OperationalError

from accounts.breaker import telling
from flowboard.celery import QUICK, Job, Queue, app
from flowboard.jobs import LAST


@pytest.fixture(autouse=True)
def _no_pause_is_left() -> Iterator[None]:
    yield
    telling.out = False


def nothing() -> None:
    """A job."""


def test_an_absent_queue_is_asked_once_in_two_seconds() -> None:
    away = Queue("away", broker="redis://127.0.0.1:1", task_cls=Job, set_as_current=False)
    job = away.task(nothing, name="nothing", shared=False)
    with pytest.raises(OperationalError, match="refused"):
        job.delay()
    with pytest.raises(OperationalError, match="a moment ago"):
        job.delay()


def test_who_hands_over_waits_less_than_who_fetches() -> None:
    assert QUICK.items() <= app.connection_for_write().transport_options.items()
    assert app.connection_for_read().transport_options["socket_timeout"] > QUICK["socket_timeout"]


def test_a_round_of_all_workspaces_waits_behind_what_people_wait_for(settings: Any) -> None:
    """With thousands of workspaces the queue was full of sweeps, and invitations went out minutes late."""
    queue = Queue("rounds", broker=f"{settings.REDIS_URL}/3", task_cls=Job, set_as_current=False)
    job = queue.task(nothing, name="nothing", shared=False)
    client = redis.Redis.from_url(f"{settings.REDIS_URL}/3")
    client.flushdb()
    job.apply_async(priority=LAST, expires=60)
    job.delay()
    with queue.connection_for_read() as connection, connection.SimpleQueue("celery") as waiting:
        found = [waiting.get(timeout=2) for _ in range(2)]
    assert [one.properties["priority"] for one in found] == [0, LAST]
    assert found[1].headers["expires"] and not found[0].headers["expires"]
    client.close()


def test_every_job_is_handed_over_so() -> None:
    assert all(isinstance(job, Job) for name, job in app.tasks.items() if not name.startswith("celery."))
