"""Processes tell each other who is here, through Redis: one entry a process and room, which ends when nobody repeats it.

There is no count and nothing to mend: after Redis was away or emptied, the next beat of each process says it all again.
"""

import asyncio
import logging
from collections.abc import Iterable, Mapping
from functools import cache
from time import monotonic
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import orjson
import redis
import redis.asyncio
from django.conf import settings

from .people import People, merged, packed, unpacked

if TYPE_CHECKING:
    from ..room import Room

CHANNEL = "flowboard:presence"
BEAT = 4.0  # seconds between two tellings of the same
BELIEVED = 10.0  # seconds that a process is believed after it told
KEPT = 9.0  # … that its entry is kept for who comes anew, who then expects a beat:
EXPECTED = 5.0  # 9 + 5: nobody is seen longer than that after their process died
PAUSE = 2.0  # seconds without trying after a failure
PATIENCE = 1.0
INDEX_KEPT = 3600
log = logging.getLogger(__name__)


class Sharing:
    """One a process: tells the rooms that have changed or are due, reads those that are new here."""

    def __init__(self, rooms: Mapping[str, "Room"]) -> None:
        self.process, self.rooms = uuid4().hex, rooms
        self._to_tell: set[Room] = set()
        self._to_read: set[Room] = set()
        self._told_at: dict[Room, float] = {}
        self._wake = asyncio.Event()
        self._away = False  # as the log says once

    def tell(self, room: "Room") -> None:
        """Soon. Who tells of a room for the first time also wants to know of the others."""
        if room not in self._told_at:
            self._told_at[room] = 0.0
            self._to_read.add(room)
        self._to_tell.add(room)
        self._wake.set()

    def start_over(self) -> None:
        """Redis is there (again), perhaps empty."""
        self._to_read.update(self._told_at)
        self._to_tell.update(self._told_at)
        self._wake.set()

    def take(self, said: dict[str, Any], lasts: float = BELIEVED) -> None:
        """What a process has told: our own words, or of a room that we do not have, are nothing to us."""
        process, workspace_id, people = _read(said)
        room = self.rooms.get(workspace_id)
        if room is not None and process != self.process:
            room.presence.hear_of(process, people, lasts)

    async def tick(self) -> None:
        """Each second, whatever becomes of Redis and PostgreSQL."""
        while True:
            await asyncio.sleep(1)
            now = monotonic()
            for room in list(self.rooms.values()):
                room.presence.tick(now)
            self._told_at = {
                room: at for room, at in self._told_at.items() if self.rooms.get(room.workspace_id) is room
            }
            if due := {room for room, at in self._told_at.items() if now - at >= BEAT and room.presence.mine}:
                self._to_tell |= due
                self._wake.set()

    async def work(self) -> None:
        """For ever; while Redis is away each process knows its own people only."""
        client = redis.asyncio.Redis.from_url(
            settings.REDIS_URL, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE
        )
        async with client:
            while True:
                await self._wake.wait()
                self._wake.clear()
                try:
                    await self._once(client)
                    self._away = False
                except (redis.RedisError, OSError, TimeoutError) as error:
                    if not self._away:
                        log.warning("other processes do not hear who is here, until Redis is back: %s", error)
                    self._away = True
                    self._wake.set()
                    await asyncio.sleep(PAUSE)

    async def _once(self, client: "redis.asyncio.Redis") -> None:
        """What could not be told or read is due again."""
        telling, self._to_tell = self._to_tell, set()
        reading, self._to_read = self._to_read, set()
        try:
            if telling:
                await self._tell(client, telling)
            for room in reading:
                for said in await _entries(client, room.workspace_id):
                    self.take(said, EXPECTED)
        except BaseException:
            self._to_tell |= telling
            self._to_read |= reading
            raise

    async def _tell(self, client: "redis.asyncio.Redis", rooms: Iterable["Room"]) -> None:
        async with client.pipeline(transaction=False) as pipe:
            for room in rooms:
                self._told_at[room] = monotonic()
                workspace, people = room.workspace_id, room.presence.mine
                said = orjson.dumps({"process": self.process, "workspace": workspace, "people": packed(people)})
                if people:
                    pipe.set(entry_key(workspace, self.process), said, px=int(KEPT * 1000))
                    pipe.sadd(index_key(workspace), self.process)
                    pipe.expire(index_key(workspace), INDEX_KEPT)
                else:
                    pipe.delete(entry_key(workspace, self.process))
                    pipe.srem(index_key(workspace), self.process)
                pipe.publish(CHANNEL, said)
            await pipe.execute()


def index_key(workspace_id: str) -> str:
    """The processes that have people in a workspace."""
    return f"{CHANNEL}:{{{workspace_id}}}"


def entry_key(workspace_id: str, process: str) -> str:
    return f"{CHANNEL}:{{{workspace_id}}}:{process}"


async def _entries(client: "redis.asyncio.Redis", workspace_id: str) -> list[dict[str, Any]]:
    processes = [one.decode() for one in await client.smembers(index_key(workspace_id))]
    if not processes:
        return []
    found = await client.mget([entry_key(workspace_id, process) for process in processes])
    if ended := [process for process, said in zip(processes, found, strict=True) if said is None]:
        await client.srem(index_key(workspace_id), *ended)
    return [orjson.loads(said) for said in found if said is not None]


def stored(workspace_id: str) -> People:
    """Everybody who is here, for a program that holds no room. Raises RedisError."""
    processes = [one.decode() for one in _client(settings.REDIS_URL).smembers(index_key(workspace_id))]
    found = _client(settings.REDIS_URL).mget([entry_key(workspace_id, one) for one in processes]) if processes else []
    return merged(_read(orjson.loads(said))[2] for said in found if said is not None)


def _read(said: dict[str, Any]) -> tuple[str, str, People]:
    """The process, the workspace, the people; nobody of whoever speaks another version of this."""
    try:
        return said["process"], said["workspace"], unpacked(said["people"])
    except (KeyError, TypeError, ValueError, AttributeError):
        log.warning("another version of who is here is not understood")
        return "", "", {}


@cache
def _client(url: str) -> redis.Redis:
    return redis.Redis.from_url(url, socket_timeout=0.25, socket_connect_timeout=0.25)
