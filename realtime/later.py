"""Answers that take a while: whoever asks is let in as everywhere, and then waits without holding a thread's transaction or a database connection.

A view answers `Later`, with where the answer's events come from. Where the process speaks ASGI (realtime/streams.py)
they go out as they come, or whole; elsewhere this middleware waits for them and answers the same as one JSON object.
"""

import logging
import threading
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from typing import Any

import orjson
import psycopg
from asgiref.sync import async_to_sync
from django.db import DatabaseError, connections
from django.http import HttpRequest, HttpResponse
from psycopg_pool import PoolTimeout

from workspaces.answers import problem, refusal_problem
from workspaces.errors import Busy, Refused

STREAM = "text/event-stream"
ELSEWHERE = "flowboard.later"  # in the environ: whoever called the pages gives the answer itself
WAITING = 2  # threads of one process that may wait for an answer; the others serve pages
Event = tuple[str, dict[str, Any]]
Source = Callable[[], AsyncGenerator[Event, None]]
Ended = Callable[[], Awaitable[None]]
log = logging.getLogger(__name__)
_waiting = threading.BoundedSemaphore(WAITING)


class Later(HttpResponse):
    """The answer's head, and the source of its events: `delta` {"text"} any number of times, `text` for all of it anew, then others, each once."""

    def __init__(self, request: HttpRequest, source: Source, *, ended: Ended | None = None) -> None:
        """`ended` is awaited before an event loop ends that was made for this answer alone."""
        super().__init__(content_type="application/json")
        self.source, self.ended, self.who = source, ended, str(request.user.pk)
        self.streamed = STREAM in request.headers.get("Accept", "")
        self["Cache-Control"] = "no-store"  # and no Idempotency-Key keeps it
        self["Vary"] = "Accept"


class Answers:
    """Waits for what is answered later, outside of the request's transaction and without its connection."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not isinstance(response, Later) or ELSEWHERE in request.META:
            return response
        if not _waiting.acquire(blocking=False):
            return headed(
                refusal_problem(Busy("Too many wait for an answer like this. Try again in a moment.")), response
            )
        try:
            _give_back_connections()
            return async_to_sync(_alone)(response)
        finally:
            _waiting.release()


def _give_back_connections() -> None:
    """This thread's; inside somebody's transaction they are theirs, and stay."""
    for connection in connections.all(initialized_only=True):
        if not connection.in_atomic_block:
            connection.close()


async def _alone(later: Later) -> HttpResponse:
    try:
        return await whole(later)
    finally:
        if later.ended:
            await later.ended()


async def whole(later: Later) -> HttpResponse:
    """All of it as one object: the text, and the other events by their names."""
    text, rest = [], {}
    try:
        async with aclosing(later.source()) as events:
            async for name, data in events:
                if name in ("delta", "text"):
                    text = [*(text if name == "delta" else ()), data["text"]]
                else:
                    rest[name] = data
    except Exception as error:
        return headed(fault(error), later)
    body = orjson.dumps({"text": "".join(text), **rest}, default=str, option=orjson.OPT_UTC_Z)
    return headed(HttpResponse(body, content_type="application/json"), later)


def fault(error: Exception) -> HttpResponse:
    """What went wrong while somebody waited, as a problem."""
    if isinstance(error, Refused):
        return refusal_problem(error)
    if isinstance(error, psycopg.Error | DatabaseError | PoolTimeout | OSError | TimeoutError):
        log.warning("503 in an answer that takes a while: %s", error)
        return problem(
            503, "Something that this needs does not answer. Nothing was changed; please try again in a moment."
        )
    log.error("a fault of our own in an answer that takes a while", exc_info=error)
    return problem(500, "Something broke on our side. Nothing was changed; please try again.")


def headed(response: HttpResponse, like: HttpResponse) -> HttpResponse:
    """With the headers and cookies that the other one was given on its way out."""
    for name, value in like.items():
        if name not in ("Content-Type", "Content-Length"):
            response.headers.setdefault(name, value)
    response.cookies = like.cookies
    return response
