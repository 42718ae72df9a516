"""How many sockets a person has, over all web processes.

Each process writes into Redis how many of them it holds, and each second that it is there; what a dead process has
written counts no longer after three. While Redis is away each process counts alone.
"""

import asyncio
import logging
from collections import Counter
from time import monotonic
from uuid import uuid4

import redis.asyncio as redis
from django.conf import settings

from accounts.breaker import PAUSE

from .entrance import Line

PER_PERSON = 20
ALIVE = 3  # seconds without a word after which a process counts as dead
AGAIN = 30.0  # seconds after which all is told anew: whatever went wrong in between is right then
FORGOTTEN = 3600  # seconds after which Redis forgets a person of whom nobody has told
PROCESSES = "flowboard:sockets"
TAKE = """
local now, all = tonumber(redis.call('TIME')[1]), tonumber(ARGV[2])
local held = redis.call('HGETALL', KEYS[2])
for i = 1, #held, 2 do
    local told = held[i] ~= ARGV[1] and redis.call('ZSCORE', KEYS[1], held[i])
    if told and tonumber(told) + tonumber(ARGV[4]) >= now then all = all + tonumber(held[i + 1]) end
end
if all > tonumber(ARGV[3]) then return 0 end
redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
redis.call('EXPIRE', KEYS[2], ARGV[5])
return 1
"""
BEAT = "return redis.call('ZADD', KEYS[1], redis.call('TIME')[1], ARGV[1])"
log = logging.getLogger(__name__)


class Places:
    """What this process holds, and its word on it in Redis."""

    def __init__(self) -> None:
        self.mine: Counter[str] = Counter()
        self.name = uuid4().hex
        self._redis = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=0.25, socket_connect_timeout=0.25)
        self._asked: Line[tuple[str, int], bool] = Line(self._ask)
        self._quiet_until = self._told_at = 0.0
        self._changed: set[str] = set()
        self._telling: asyncio.Task[None] | None = None

    async def take(self, user_id: str) -> bool:
        """Another place, unless they hold as many as they may. Each that is taken is given back."""
        self.mine[user_id] += 1
        granted = False
        try:
            held = self.mine[user_id]
            granted = held <= PER_PERSON and await self._asked.answer((user_id, held)) is not False
        finally:
            if not granted:
                self.give_back(user_id)
        return granted

    def give_back(self, user_id: str) -> None:
        self.mine[user_id] -= 1
        if not self.mine[user_id]:
            del self.mine[user_id]
        self._changed.add(user_id)
        if self._telling is None or self._telling.done():
            self._telling = asyncio.create_task(self._tell())

    async def beat(self) -> None:
        """Once a second. Whom Redis did not know any more, it is told all that it must know."""
        if monotonic() < self._quiet_until:
            return
        try:
            unknown = await self._redis.eval(BEAT, 1, PROCESSES, self.name)  # type: ignore[misc]  (awaitable here)
            if unknown or monotonic() > self._told_at + AGAIN:
                self._told_at, self._changed = monotonic(), self._changed | set(self.mine)
                await self._redis.zremrangebyrank(PROCESSES, 0, -1000)
                await self._tell()
        except (redis.RedisError, OSError) as error:
            self._fall_silent(error)

    async def end(self) -> None:
        """Whoever leaves because this process ends finds all places free at the next."""
        try:
            await self._redis.zrem(PROCESSES, self.name)
        except (redis.RedisError, OSError) as error:
            self._fall_silent(error)

    async def _ask(self, wanted: list[tuple[str, int]]) -> dict[tuple[str, int], bool | Exception]:
        """Who may have one place more: all who come at the same time in one message."""
        if monotonic() < self._quiet_until:
            return {}
        try:
            async with self._redis.pipeline(transaction=False) as pipe:
                for user_id, held in wanted:
                    words = (self.name, held, PER_PERSON, ALIVE, FORGOTTEN)
                    pipe.eval(TAKE, 2, PROCESSES, _key(user_id), *map(str, words))
                return {one: bool(yes) for one, yes in zip(wanted, await pipe.execute(), strict=True)}
        except (redis.RedisError, OSError) as error:
            self._fall_silent(error)
            return {}

    async def _tell(self) -> None:
        """How many they hold here now; what changes meanwhile is told right after."""
        try:
            while self._changed:
                changed, self._changed = self._changed, set()
                async with self._redis.pipeline(transaction=False) as pipe:
                    for user_id in changed:
                        self._say(pipe, user_id)
                    await pipe.execute()
        except (redis.RedisError, OSError) as error:
            self._fall_silent(error)

    def _say(self, pipe: "redis.client.Pipeline", user_id: str) -> None:
        if held := self.mine[user_id]:
            pipe.hset(_key(user_id), self.name, held)
            pipe.expire(_key(user_id), FORGOTTEN)
        else:
            pipe.hdel(_key(user_id), self.name)

    def _fall_silent(self, error: Exception) -> None:
        self._quiet_until = monotonic() + PAUSE
        log.warning("sockets are counted by each process alone for %s s: %s", PAUSE, error)


def _key(user_id: str) -> str:
    return f"flowboard:sockets:{user_id}"
