"""The hub: one per process. Redis rings it, PostgreSQL is asked once a second, and rooms pass rows on."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Coroutine
from time import monotonic
from typing import Any

import orjson
import psycopg
import redis.asyncio as redis
from django.conf import settings

from . import doorbell
from .entrance import Entrance
from .envelope import entry
from .gate import Guest, fits
from .places import Places
from .presence.sharing import CHANNEL, Sharing
from .room import Room
from .socket import Code, Send, Socket
from .storage import Storage

LOOK = 0.8  # seconds between two looks at the heads, so that nothing is later than a second when no bell rings
LINGER = 60.0  # seconds that an empty room stays, so that many who reconnect at once are served from memory
VERIFY = 30.0  # seconds between two looks at all people, memberships, sessions and tokens
BACK_OFF = (0.1, 5.0)  # seconds between two tries to reach Redis: first, longest
RINGING = 100  # how many sockets a second are told to ask for their inbox, once Redis is heard again
SILENCE = 1.0  # seconds after which a quiet Redis is asked whether it is there
LEAVING = (200, 5.0)  # how many sockets a second are told that we restart, and the longest that this may take
GOODBYE = 1.0  # seconds for clients to answer that
ENDED = 120.0  # seconds that an ended session is remembered, or a changed person: who comes may have been asked before
log = logging.getLogger(__name__)


class Hub:
    """Rooms, people, and the three tasks that keep them true."""

    def __init__(self) -> None:
        self.storage = Storage()
        self.rooms: dict[str, Room] = {}
        self.presence = Sharing(self.rooms)
        self.entrance = Entrance(self.storage)
        self.places = Places()
        self.draining = False
        self.pumps: dict[Socket, asyncio.Task[None]] = {}
        self.ended: dict[str, float] = {}
        self.hearing = False  # whether Redis would ring
        self.tasks: list[asyncio.Task[None]] = []
        self.meanwhile: set[asyncio.Task[None]] = set()  # held, so that none is collected before it is done

    async def start(self) -> None:
        await self.storage.open()
        self.tasks = [asyncio.create_task(work) for work in self._works()]

    def _works(self) -> tuple[Coroutine[Any, Any, None], ...]:
        return self._listen(), self._each_second(), self._verify_all(), self.presence.tick(), self.presence.work()

    async def stop(self) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        await self.storage.close()

    async def drain(self) -> None:
        """Before a restart all sockets are closed, one after the other, so that their clients come back so too."""
        self.draining = True
        leaving = random.sample(list(self.pumps), len(self.pumps))
        pause = min(1 / LEAVING[0], LEAVING[1] / max(1, len(leaving)))
        for socket in leaving:
            socket.close(Code.RESTART)
            await asyncio.sleep(pause)
        deadline = monotonic() + GOODBYE
        while self.pumps and monotonic() < deadline:
            await asyncio.sleep(0.02)
        for socket in self.pumps:
            socket.cut()
        await self.places.end()

    def has_ended(self, session_key: str) -> bool:
        return bool(session_key) and doorbell.digest(session_key) in self.ended

    def join(self, guest: Guest, send: Send, after: int | None, epoch: str | None) -> Socket:
        """A new socket at its place in the stream, or at a fresh start when that place does not exist."""
        stream = guest.look.stream
        room = self.rooms.get(stream.workspace_id) or self.rooms.setdefault(
            stream.workspace_id, Room(self.storage, stream, self.presence.tell)
        )
        socket = Socket(room, send, guest.look.eyes[guest.user_id], stream.head if after is None else after)
        socket.session_key, socket.auth_hash, socket.token_id = guest.session_key, guest.auth_hash, guest.token_id
        socket.lost = not stream.floor <= socket.position <= stream.head or epoch not in (None, stream.epoch)
        room.told(stream)
        room.sockets.add(socket)
        self.pumps[socket] = asyncio.create_task(socket.pump())
        if guest.user_id in self.ended:  # perhaps between the question at the door and now
            self._look_at(guest.user_id)
        return socket

    def leave(self, socket: Socket) -> None:
        self.pumps.pop(socket).cancel()
        socket.room.sockets.discard(socket)
        socket.room.presence.gone(socket)
        socket.room.empty_since = monotonic()
        self.places.give_back(socket.user_id)

    # Redis: how it learns of rows at once

    async def _listen(self) -> None:
        """For ever; Redis may be away at any time, and then the head check alone finds the rows."""
        pause = BACK_OFF[0]
        while True:
            began = monotonic()
            try:
                await self._hear_doorbell()
            except (redis.RedisError, OSError, TimeoutError) as error:
                self.hearing = False
                pause = BACK_OFF[0] if monotonic() - began > SILENCE else min(2 * pause, BACK_OFF[1])
                log.warning("no doorbell, trying again in %s s: %s", pause, error)
                await asyncio.sleep(pause)

    async def _hear_doorbell(self) -> None:
        client = redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=2, socket_timeout=None)
        async with client, client.pubsub() as bell:
            await bell.subscribe(doorbell.EVENTS, doorbell.SESSIONS, doorbell.PEOPLE, doorbell.INBOX, CHANNEL)
            if await bell.get_message(timeout=SILENCE) is None:  # a frozen one takes connections and says nothing
                raise TimeoutError("Redis does not answer")
            await self._careful(self._verify)  # whatever was rung while nobody listened
            self.hearing = True
            self.presence.start_over()
            self._meanwhile(self._ring_all())
            waited = 0
            while waited < 2:
                message = await bell.get_message(timeout=SILENCE)
                waited = waited + 1 if message is None else 0
                if message is None:
                    await bell.ping()
                elif message["type"] == "message":
                    self._rung(message["channel"].decode(), message["data"])
            raise TimeoutError("Redis does not answer")

    def _rung(self, channel: str, data: bytes) -> None:
        try:
            said = orjson.loads(data)
            if channel == doorbell.SESSIONS:
                self._hung_up(said)
            elif channel == doorbell.PEOPLE:
                self._look_at(said)
            elif channel == CHANNEL:
                self.presence.take(said)
            elif channel == doorbell.INBOX:
                self._ring_inboxes(**said)
            elif room := self.rooms.get(said["workspace"]):
                room.hear(said["head"], [entry(made, person) for made, person in said["rows"]])
        except (ValueError, KeyError, TypeError):
            log.exception("a doorbell that nobody understands")

    def _ring_inboxes(self, workspace: str, people: list[str]) -> None:
        """Each of these people's own sockets is told that their inbox is another, and nobody else's."""
        room = self.rooms.get(workspace)
        for socket in room.sockets if room else ():
            if socket.user_id in people:
                socket.ring_inbox()

    async def _ring_all(self) -> None:
        """What was rung while nobody listened is in no record: all pages ask for their inbox, some at a time."""
        for socket in list(self.pumps):
            socket.ring_inbox()
            await asyncio.sleep(1 / RINGING)

    def _hung_up(self, digest: str) -> None:
        self.ended[digest] = monotonic()
        for socket in self.pumps:
            if socket.session_key and doorbell.digest(socket.session_key) == digest:
                socket.close(Code.SESSION)

    def _look_at(self, user_id: str) -> None:
        self.ended.setdefault(user_id, monotonic())
        if user_id in self.places.mine:
            self._meanwhile(self._careful(lambda: self._look(user_id)))

    def _meanwhile(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self.meanwhile.add(task)
        task.add_done_callback(self.meanwhile.discard)

    # PostgreSQL: what is true

    async def _look(self, user_id: str) -> None:
        """Whether they may still sign in, and whether their workspaces still let them in."""
        theirs = [one for one in self.pumps if one.user_id == user_id]
        await self._check(theirs)
        for room in {one.room for one in theirs}:
            await room.look_again(person=user_id)

    async def _each_second(self) -> None:
        while True:
            await asyncio.sleep(LOOK)
            await asyncio.gather(self._careful(self._check_heads), self.places.beat())
            if not self.hearing:
                await self._careful(lambda: self._check(list(self.pumps)))
            self._tick(monotonic())

    async def _check_heads(self) -> None:
        """One query for all rooms that somebody listens to."""
        watched = [room for room in self.rooms.values() if room.sockets]
        if not watched:
            return
        heads = await self.storage.heads(room.workspace_id for room in watched)
        for room in watched:
            if stream := heads.get(room.workspace_id):
                room.told(stream)
            else:
                room.dissolve()

    def _tick(self, now: float) -> None:
        for socket, pump in list(self.pumps.items()):
            if not socket.tick(now):
                socket.cut()
                pump.cancel()
        for room in [one for one in self.rooms.values() if not one.sockets and now - one.empty_since > LINGER]:
            del self.rooms[room.workspace_id]
        self.ended = {digest: since for digest, since in self.ended.items() if now - since < ENDED}

    async def _verify_all(self) -> None:
        """The second net: whatever no row or bell has told."""
        while True:
            await asyncio.sleep(VERIFY)
            await self._careful(self._verify)

    async def _verify(self) -> None:
        await self._check(list(self.pumps))
        for room in [one for one in self.rooms.values() if one.sockets]:
            await room.look_again(everybody=True)

    async def _check(self, sockets: list[Socket]) -> None:
        """Whether the sessions, the passwords and the people by which these came still stand."""
        if not sockets:
            return
        keys = {socket.session_key for socket in sockets if socket.session_key}
        people, alive = await self.storage.sessions({socket.user_id for socket in sockets}, keys)
        for socket in sockets:
            person = people.get(socket.user_id)
            by_session = socket.session_key in alive and person and fits(person.password, socket.auth_hash)
            if not (person and person.is_active and (by_session or socket.token_id)):
                socket.close(Code.SESSION)

    async def _careful(self, work: Callable[[], Awaitable[None]]) -> None:
        """PostgreSQL away ends nothing: the next round tries again."""
        try:
            await work()
        except (psycopg.Error, OSError, TimeoutError) as error:
            log.warning("the hub cannot ask the database: %s", error)


_hubs: dict[asyncio.AbstractEventLoop, asyncio.Task[Hub]] = {}


async def hub() -> Hub:
    """This process's hub, started by the first socket; its tasks end with the loop."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs[loop] = loop.create_task(_started())
    return await asyncio.shield(_hubs[loop])


async def _started() -> Hub:
    made = Hub()
    await made.start()
    return made


async def drain() -> None:
    """This process ends: its hub, if there is one, lets its sockets go."""
    if started := _hubs.get(asyncio.get_running_loop()):
        await (await started).drain()
