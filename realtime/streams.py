"""Answers that take a while, in async code: let in by the pages' own door on a thread, then sent as they come.

So the same rules let somebody in (session and CSRF, Origin and Host, tokens and scopes, limits, sizes), with the same
words; and hundreds that wait hold no thread, no transaction and no database connection.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from io import BytesIO
from time import monotonic
from typing import Any

import orjson
from a2wsgi.wsgi import build_environ
from django.conf import settings
from django.http import HttpResponse

from workspaces.answers import refusal_problem
from workspaces.errors import Busy, Limited

from .later import ELSEWHERE, STREAM, Later, fault, headed, whole
from .socket import Receive, Send

Scope = MutableMapping[str, Any]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

HEARTBEAT = 10.0  # seconds without a word, after which a proxy is told that we are there
STALLED = 20.0  # seconds that a reader has to take what was sent
PER_PERSON, MOST = 20, 1_000  # answers at once, of one person and of one process
LETTING_IN = 4  # threads
RESTARTING = "The server restarts. Please try again in a moment."


class Gone(Exception):
    """The client has hung up, or takes nothing."""


class Streams:
    """Takes what is posted to these addresses; everything else goes on."""

    def __init__(self, pages: Callable[..., HttpResponse], rest: App, addresses: str) -> None:
        self.pages, self.rest, self.addresses = pages, rest, re.compile(addresses)
        self.threads = ThreadPoolExecutor(LETTING_IN, thread_name_prefix="later")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        ours = scope["method"] == "POST" and self.addresses.fullmatch(scope["path"]) and scope["query_string"].isascii()
        if not ours:
            return await self.rest(scope, receive, send)
        try:
            body = await _body(receive)
            response = await asyncio.get_running_loop().run_in_executor(self.threads, self._let_in, scope, body)
            await (_answer(response, receive, send) if isinstance(response, Later) else give(send, response))
        except (Gone, OSError):
            pass  # there is nobody left to hear

    def _let_in(self, scope: Scope, body: bytes) -> HttpResponse:
        """What the pages answer; their connection is given back before anybody waits for anything."""
        environ = build_environ(scope, BytesIO(body))  # type: ignore[arg-type]
        response = self.pages(environ | {ELSEWHERE: True}, lambda *_: None)
        response.close()
        return response


async def _body(receive: Receive) -> bytes:
    """As much as any form may hold and a little more: the door refuses what is too large."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Gone
        body += message.get("body", b"")
        if not message.get("more_body") or len(body) > settings.MAX_FORM_BODY:
            return bytes(body)


async def give(send: Send, response: HttpResponse) -> None:
    """A whole answer."""
    length = str(len(response.content))
    await send(_head(response, Content_Length=length))
    await send({"type": "http.response.body", "body": response.content})


def _head(response: HttpResponse, **more: str) -> MutableMapping[str, Any]:
    headers = {**response.headers, **{name.replace("_", "-"): value for name, value in more.items()}}
    pairs = [*headers.items(), *(("Set-Cookie", cookie.OutputString()) for cookie in response.cookies.values())]
    raw = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in pairs]
    return {"type": "http.response.start", "status": response.status_code, "headers": raw}


_open: set["Answering"] = set()
_leaving = asyncio.Event()


async def _answer(later: Later, receive: Receive, send: Send) -> None:
    if no := _no_room(later.who):
        return await give(send, headed(refusal_problem(no), later))
    one = Answering(later, receive, send)
    _open.add(one)
    try:
        await one.run()
    finally:
        _open.discard(one)


def _no_room(who: str) -> Busy | Limited | None:
    if _leaving.is_set():
        return Busy(RESTARTING)
    if sum(one.later.who == who for one in _open) >= PER_PERSON:
        return Limited(f"You wait for {PER_PERSON} answers like this already. Stop one, or try again in a moment.", 5)
    return Busy("Too many wait for answers like this. Try again in a moment.") if len(_open) >= MOST else None


async def drain() -> None:
    """This process ends: whoever waits is told so."""
    _leaving.set()
    for one in list(_open):
        one.leave()


class Answering:
    """One answer on its way: the source is run until it ends, the client hangs up, or the process does."""

    def __init__(self, later: Later, receive: Receive, send: Send) -> None:
        self.later, self.receive, self._send = later, receive, send
        self.begun, self.said = False, monotonic()
        self._left = asyncio.Event()

    def leave(self) -> None:
        self._left.set()

    async def run(self) -> None:
        """Whatever ends it, the source has been closed, and has settled, before this returns."""
        work, gone = asyncio.create_task(self._work()), asyncio.create_task(self._hung_up())
        left, beat = asyncio.create_task(self._left.wait()), asyncio.create_task(self._beat())
        try:
            await asyncio.wait((work, gone, left), timeout=settings.ANSWER_LONGEST, return_when=asyncio.FIRST_COMPLETED)
            stopped = not work.done()
            work.cancel()
            (error,) = await asyncio.gather(work, return_exceptions=True)
            if stopped and not gone.done():
                error = Busy(RESTARTING) if left.done() else TimeoutError("an answer took longer than any may")
            if isinstance(error, Exception) and not isinstance(error, Gone):
                await self._say_fault(error)
        finally:
            for task in (work, gone, left, beat):
                task.cancel()

    async def _hung_up(self) -> None:
        while (await self.receive())["type"] != "http.disconnect":
            pass

    async def _beat(self) -> None:
        while self.later.streamed:
            await asyncio.sleep(max(self.said + HEARTBEAT - monotonic(), 0.01))
            if monotonic() - self.said >= HEARTBEAT:
                await self._say(b": here\n\n")

    async def _work(self) -> None:
        if not self.later.streamed:
            return await give(self._send, await whole(self.later))
        async with aclosing(self.later.source()) as events:
            async for name, data in events:
                await self._say(frame(name, data))
        await self._say(b"", more=False)

    async def _say(self, words: bytes, *, more: bool = True) -> None:
        self.said = monotonic()
        try:
            async with asyncio.timeout(STALLED):
                if not self.begun:
                    self.begun = True
                    await self._send(_head(self.later, Content_Type=STREAM, X_Accel_Buffering="no"))
                await self._send({"type": "http.response.body", "body": words, "more_body": more})
        except TimeoutError:
            raise Gone from None

    async def _say_fault(self, error: Exception) -> None:
        """As the answer itself where nothing was said yet, else as its last event."""
        response = headed(fault(error), self.later)
        if not self.begun:
            return await give(self._send, response)
        await self._say(frame("problem", orjson.loads(response.content)))
        await self._say(b"", more=False)


def frame(name: str, data: dict[str, Any]) -> bytes:
    """One server-sent event; JSON stands on one line."""
    return b"event: %s\ndata: %s\n\n" % (name.encode(), orjson.dumps(data, default=str, option=orjson.OPT_UTC_Z))
