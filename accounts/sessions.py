"""The sessions of a person: where they are signed in, seen when, and how to end that."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.usersessions.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.contrib.auth import logout
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from . import actions
from .devices import device, device_icon
from .models import User

LISTED = "listed"  # in the session: that it has a row which is kept up to date
MINUTE, MOST = 60.0, 10_000
_asked: dict[str, float] = {}  # session → when this process last looked at its row


@dataclass(frozen=True)
class Line:
    """One line of the list."""

    id: int
    device: str
    icon: str
    address: str
    began: datetime
    seen: datetime
    here: bool

    @property
    def now(self) -> bool:
        return self.here or timezone.now() - self.seen < timedelta(minutes=2)


def lines(request: HttpRequest) -> list[Line]:
    """The living sessions, this one first, then the one that was used last."""
    key, rows = request.session.session_key, UserSession.objects.purge_and_list(request.user)
    found = [
        Line(row.pk, device(row.user_agent), device_icon(row.user_agent), row.ip, row.created_at, row.last_seen_at, row.session_key == key)
        for row in rows
    ]  # fmt: skip
    return sorted(found, key=lambda line: (not line.here, -line.seen.timestamp()))


def end(user: User, pk: int) -> bool:
    """Sign out one session of one's own; False when there is no such."""
    found = list(UserSession.objects.filter(user=user, pk=pk))
    get_adapter().end_sessions(found)
    return bool(found)


def list_session(request: HttpRequest) -> None:
    """A session that began by signing in has a row (allauth's) from its first moment on."""
    request.session[LISTED] = True


class SessionSeen:
    """Keeps `last seen` true to the minute: not a write on every request.

    It is also a net: a session that was ended while Redis was away may come back out of the cache, and is ended then.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if is_due(request.session.session_key) and request.session.get(LISTED):
            look(request)
        return self.get_response(request)


def is_due(key: str | None) -> bool:
    """Whether a minute has passed since this process looked."""
    now = time.monotonic()
    if key is None or now - _asked.get(key, -MINUTE) < MINUTE:
        return False
    if len(_asked) > MOST:
        _asked.clear()
    _asked[key] = now
    return True


def look(request: HttpRequest) -> None:
    """Note that the session lives; end it when its rows are gone."""
    key = request.session.session_key
    seen = UserSession.objects.filter(session_key=key).values_list("last_seen_at", flat=True).first()
    if seen is None and not Session.objects.filter(session_key=key).exists():
        logout(request)
    elif seen is not None and timezone.now() - seen > timedelta(seconds=MINUTE):
        actions.touch_session(request)
