"""One connection: a position in its room's stream, and the pump that moves it forward."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import replace
from enum import IntEnum
from time import monotonic
from typing import TYPE_CHECKING, Any

import psycopg

from workspaces.feed import Eyes

from .envelope import Entry, control

if TYPE_CHECKING:
    from .room import Room

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]

BATCH = 250  # rows in one frame
FRAME = 250_000  # characters in one frame; browsers and libraries take a megabyte
BEAT = 25.0  # seconds between two `head` frames
STALLED, CUT = 20.0, 40.0  # seconds without progress before a reader is closed, and before its connection is cut
INBOUND_FRAMES, INBOUND_BYTES = 10, 4096  # a second, each
INBOX = '{"event":"inbox"}'
log = logging.getLogger(__name__)


class Code(IntEnum):
    """Why a socket is closed (docs/realtime.md)."""

    TOO_LARGE = 1009
    FAULT = 1011
    RESTART = 1012
    TRY_LATER = 1013
    REFUSED = 4400
    SESSION = 4401
    MEMBERSHIP = 4403
    SECOND_FACTOR = 4407
    STALLED = 4408
    SUSPENDED = 4423
    TOO_MANY = 4429


class Socket:
    """Belongs to one room. Everything runs on the hub's loop, so that `close` takes effect before the next row."""

    def __init__(self, room: "Room", send: Send, eyes: Eyes, position: int) -> None:
        self.room, self.eyes, self.position = room, eyes, position
        self._send = send
        self.session_key = self.auth_hash = self.token_id = ""  # by which of them the person came
        self.code: Code | None = None
        self.lost = False  # its place in the stream: it must start from a fresh page
        self.beat_due, self.beaten = True, monotonic()
        self.inbox_due = False
        self.sending_since: float | None = None
        self._wake = asyncio.Event()
        self.heard: deque[float] = deque(maxlen=INBOUND_FRAMES)

    @property
    def user_id(self) -> str:
        return self.eyes.user_id

    def ring_inbox(self) -> None:
        """Its person's inbox has changed; however often that is before it is said, it is said once."""
        self.inbox_due = True
        self.wake()

    def wake(self) -> None:
        self._wake.set()

    def close(self, code: Code) -> None:
        """Nothing more is delivered; the pump says goodbye."""
        self.code = self.code or code
        self.room.presence.gone(self)
        self.wake()

    def start_over(self) -> None:
        """Its place is gone, and what was known of its rights: the next frame is `resync`."""
        self.lost, self.eyes = True, replace(self.eyes, at=-1)
        self.wake()

    def tick(self, now: float) -> bool:
        """Once a second; False when the connection takes nothing, not even its close frame."""
        if now - self.beaten >= BEAT:
            self.beat_due, self.beaten = True, now
            self.wake()
        waited = now - self.sending_since if self.sending_since is not None else 0.0
        if waited >= STALLED:
            self.close(Code.STALLED)
        return waited < CUT

    def cut(self) -> None:
        """Drop the connection with all that waits in it: ASGI has no word for this, so uvicorn's transport is asked."""
        transport = getattr(getattr(self._send, "__self__", None), "transport", None)
        if transport is not None:
            transport.abort()

    async def pump(self) -> None:
        """Deliver until closed."""
        try:
            while self.code is None:
                await self._step_or_wait()
            await self._goodbye(self.code)
        except OSError:
            pass  # the client is gone, which `listen` hears too
        except Exception:
            log.exception("a fault of our own ends a socket of %s", self.room.workspace_id)
            await self._goodbye(Code.FAULT)

    async def _step_or_wait(self) -> None:
        """A fault of the database delays rows; it never ends the connection."""
        try:
            await self._step()
        except (psycopg.Error, TimeoutError) as error:
            log.warning("rows of %s wait for the database: %s", self.room.workspace_id, error)
            await asyncio.sleep(1)

    async def _step(self) -> None:
        """One thing that is due: rows as far as these eyes may judge, then rights, then signs of life."""
        self._wake.clear()
        upto = self.room.judged_upto(self.eyes.at)
        if self.position < upto and not self.lost:
            await self._forward(upto)
        elif self.eyes.at < self.room.rights_at:
            await self.room.look_again()
        elif self.lost:
            await self._resync()
        elif self.room.presence.due(self):
            await self._tell_who_is_here()
        elif self.inbox_due:
            self.inbox_due = False
            await self._say(INBOX)
        elif self.beat_due:
            self.beat_due = False
            await self._say(control("head", self.position, self.room.epoch))
        else:
            await self._wake.wait()

    async def _forward(self, upto: int) -> None:
        """No await between judging rows and saying them, so that rights cannot change in between."""
        entries = self.room.after(self.position, min(BATCH, upto - self.position))
        if entries is None:
            if not await self.room.reach_back(self.position):
                self.lost = True
            return
        frame, self.position = self._frame(entries)
        await self._say(frame)

    def _frame(self, entries: list[Entry]) -> tuple[str, int]:
        texts, size = [], 0
        for entry in entries:
            seen = self.eyes.sees(entry.event, entry.project_id, entry.person, entry.task_id)
            texts.append(entry.text if seen else entry.cursor)
            size += len(texts[-1])
            if size > FRAME:
                break
        frame = texts[0] if len(texts) == 1 else f"[{','.join(texts)}]"
        return frame, entries[len(texts) - 1].seq

    async def _tell_who_is_here(self) -> None:
        """As with rows: no await between judging and saying."""
        await self.room.presence.prepare(self)
        if self.eyes.at >= self.room.rights_at and (text := self.room.presence.frame(self)):
            await self._say(text)

    async def _resync(self) -> None:
        self.lost, self.position = False, self.room.head
        await self._say(control("resync", self.position, self.room.epoch))

    async def _say(self, text: str) -> None:
        self.sending_since = monotonic()
        await self._send({"type": "websocket.send", "text": text})
        self.sending_since = None

    async def _goodbye(self, code: Code) -> None:
        self.sending_since = monotonic()
        await self._send({"type": "websocket.close", "code": int(code), "reason": code.name.lower().replace("_", " ")})
        self.sending_since = None

    async def listen(self, receive: Receive) -> None:
        """Until the client is gone. It may say what its person has in front of them, and nothing else: writes go through
        pages and REST.
        """
        while (message := await receive())["type"] != "websocket.disconnect":
            self._overhear(message)
            if (text := message.get("text")) and self.code is None:
                await self.room.presence.hear(self, text)

    def _overhear(self, message: MutableMapping[str, Any]) -> None:
        said, now = message.get("bytes") or (message.get("text") or "").encode(), monotonic()
        if len(said) > INBOUND_BYTES:
            self.close(Code.TOO_LARGE)
        if len(self.heard) == INBOUND_FRAMES and now - self.heard[0] < 1:
            self.close(Code.TOO_MANY)
        self.heard.append(now)
