"""Work that must not hold the request's transaction: asking somebody else's server.

A view answers `Outside`, with what is to be done. The door ends its transaction, and then this middleware, which stands
just before the door, does the work and answers what it returns. The work opens its own transactions.
"""

import threading
from collections.abc import Callable

from django.db import connections
from django.http import HttpRequest, HttpResponse

from .answers import refusal
from .errors import Busy, Refused

WAITING = 2  # threads of one process that may wait for another server; the others serve pages
KEPT = ("Content-Type", "Content-Length")
_waiting = threading.BoundedSemaphore(WAITING)


class Outside(HttpResponse):
    """In the place of an answer, until the work has made the real one."""

    def __init__(self, work: Callable[[], HttpResponse]) -> None:
        super().__init__()
        self.work = work
        self["Cache-Control"] = "no-store"  # and no Idempotency-Key keeps it


class Outsides:
    """Does the work; what it refuses is answered like the door's own refusals."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not isinstance(response, Outside):
            return response
        if not _waiting.acquire(blocking=False):
            return refusal(request, Busy("Too many wait for an answer like this. Try again in a moment."))
        try:
            _give_back_connections()
            done = response.work()
        except Refused as no:
            done = refusal(request, no)
        finally:
            _waiting.release()
        for name, value in response.items():
            if name not in KEPT:
                done.headers.setdefault(name, value)
        done.cookies.update(response.cookies)
        return done


def _give_back_connections() -> None:
    """This thread's; inside somebody's transaction they are theirs, and stay."""
    for connection in connections.all(initialized_only=True):
        if not connection.in_atomic_block:
            connection.close()
