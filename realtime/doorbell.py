"""Rings the hubs after a commit: never trusted with data, so it may fail, and then it fails fast."""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from functools import cache
from threading import Lock, Timer
from typing import Any
from uuid import UUID

import orjson
import redis
from django.conf import settings

from accounts.breaker import telling
from workspaces.actor import Actor
from workspaces.events import author
from workspaces.feed import person_of
from workspaces.models import ActivityLog

from .envelope import envelope

EVENTS = "flowboard:events"
SESSIONS = "flowboard:sessions"
PEOPLE = "flowboard:people"
INBOX = "flowboard:inbox"
CARRIED = 50  # rows in one message; more of them the hub reads itself
AGAIN = 2.5  # seconds after which inboxes that could not be rung are rung once more: a little longer than the breaker is open
_unrung: defaultdict[UUID, set[UUID]] = defaultdict(set)
_unrung_lock = Lock()


@cache
def _redis() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=0.25, socket_connect_timeout=0.25)


def ring(by: Actor, rows: list[ActivityLog]) -> None:
    """PUBLISH the rows as they go out on the wire. What is not rung is found by the hub's head check."""
    _publish(EVENTS, message(by, rows))


def hang_up(session_key: str) -> None:
    """A session has ended: its sockets close now, rather than at the hub's next look at all sessions."""
    _publish(SESSIONS, digest(session_key))


def look_again(user_id: UUID) -> None:
    """A password has changed, or somebody may no longer sign in: their sockets are looked at now."""
    _publish(PEOPLE, str(user_id))


def ring_inbox(workspace_id: UUID, people: Sequence[UUID]) -> None:
    """These people's inboxes are others than they were: their own pages ask anew, and no one else hears of it.

    No head check finds what was not rung here, so it is rung again until Redis has heard it.
    """
    if people and not _publish(INBOX, {"workspace": str(workspace_id), "people": [str(one) for one in people]}):
        with _unrung_lock:
            waiting = bool(_unrung)
            _unrung[workspace_id].update(people)
        if not waiting:
            later = Timer(AGAIN, _ring_again)
            later.daemon = True
            later.start()


def _ring_again() -> None:
    with _unrung_lock:
        due = dict(_unrung)
        _unrung.clear()
    for workspace_id, people in due.items():
        ring_inbox(workspace_id, sorted(people))


def digest(session_key: str) -> str:
    """What stands for a session where others may read along."""
    return hashlib.sha256(session_key.encode()).hexdigest()


def message(by: Actor, rows: list[ActivityLog]) -> dict[str, Any]:
    """The workspace, its head, and the rows, each with the person whom it is about."""
    name = author(by.via, by.author, by.user if by.staff else None)
    carried = [(envelope(row, name), person_of(row)) for row in rows] if len(rows) <= CARRIED else []
    return {"workspace": str(by.workspace.pk), "head": rows[-1].seq, "rows": carried}


def _publish(channel: str, said: Any) -> bool:
    """Whether Redis has heard it."""
    words = orjson.dumps(said)
    if not telling.may_ask():
        return False
    try:
        _redis().publish(channel, words)
    except (redis.RedisError, OSError) as error:
        telling.failed(error)
        return False
    telling.worked()
    return True
