"""Rings the hubs after a commit: never trusted with data, so it may fail, and then it fails fast."""

import logging
import time
from functools import cache
from typing import Any

import orjson
import redis
from django.conf import settings

from workspaces.actor import Actor
from workspaces.events import wire
from workspaces.models import ActivityLog

CHANNEL = "flowboard:events"
PAUSE = 2.0  # seconds without trying after a failure, so that a frozen Redis costs one time-out and not each write's
log = logging.getLogger(__name__)
_quiet_until = 0.0


@cache
def _redis() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=0.25, socket_connect_timeout=0.25)


def ring(by: Actor, rows: list[ActivityLog]) -> None:
    """PUBLISH the rows as they go out on the wire. What is not rung is found by the hub's head check."""
    global _quiet_until
    if time.monotonic() < _quiet_until:
        return
    try:
        _redis().publish(CHANNEL, orjson.dumps(message(by, rows)))
    except (redis.RedisError, OSError) as error:
        _quiet_until = time.monotonic() + PAUSE
        log.warning("no doorbell for %s s, the head check takes over: %s", PAUSE, error)


def message(by: Actor, rows: list[ActivityLog]) -> dict[str, Any]:
    """The workspace, and the rows unless they are many: then the hub reads them itself."""
    carried = [wire(row, str(by.user)) for row in rows] if len(rows) <= 50 else []
    return {"workspace": str(by.workspace.pk), "head": rows[-1].seq, "rows": carried}
