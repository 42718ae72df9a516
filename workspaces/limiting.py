"""A sliding window over several counts at once, in Redis: a request is counted by all of them or by none.

The window itself is the library's (`limits`): its Lua, word for word, as two functions of one script, so that a
request costs one round trip however many counts it has, and nobody comes between two of them.
"""

import logging
import math
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache, lru_cache
from uuid import UUID

import redis
from django.conf import settings
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import SlidingWindowCounterRateLimiter
from redis.backoff import NoBackoff
from redis.retry import Retry

from accounts.breaker import Breaker

OF_WORKSPACE = "workspace:"  # begins the key of the count of a whole workspace
WINDOW = 60  # seconds
PATIENCE = 0.1  # seconds that Redis has for an answer
SCRIPT = """
local function acquire(KEYS, ARGV) {acquire} end
local function window(KEYS, ARGV) {window} end
local refused, stood = 0, {{}}
for i = 1, #ARGV - 1 do
    local pair = {{KEYS[2 * i - 1], KEYS[2 * i]}}
    if refused == 0 and not acquire(pair, {{ARGV[i], ARGV[#ARGV], 1}}) then
        refused = i
        for taken = 1, i - 1 do redis.call('decr', KEYS[2 * taken]) end
    end
    local at = window(pair, {{ARGV[#ARGV]}})
    stood[i] = {{at[1] or 0, at[2], at[3] or 0, at[4]}}
end
if refused == 0 and #KEYS % 2 == 1 then
    redis.call('incr', KEYS[#KEYS])
    redis.call('expire', KEYS[#KEYS], 172800)
end
return {{refused, stood}}
"""
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Count:
    """What is counted, of which in a minute there may be so many."""

    key: str
    most: int
    words: str  # whose requests they are


@dataclass(frozen=True)
class Standing:
    """How a count stands: seconds until its window ends, and after how many the next request fits (0: now)."""

    count: Count
    left: int
    ends: int
    wait: int = 0


breaker = Breaker(
    log,
    away="limits: Redis is away: reads pass uncounted, writes are counted by each process alone",
    back="limits: Redis is back, requests are counted again",
)


def hit(counts: Sequence[Count], *, reads: bool) -> Standing | None:
    """Count a request; how the tightest count stands, `wait` above 0 where one is full. None: nobody counted."""
    if breaker.may_ask():
        try:
            standing = _ask(counts)
        except (redis.RedisError, OSError) as error:
            breaker.failed(error)
        else:
            breaker.worked()
            return standing
    return None if reads else _alone(counts)


def _ask(counts: Sequence[Count]) -> Standing:
    keys = [key for count in counts for key in (f"api:{{{count.key}}}/-1", f"api:{{{count.key}}}")]
    keys += [_calls_key(count.key, _today()) for count in counts if count.key.startswith(OF_WORKSPACE)]
    refused, stood = _script()(keys, [*(count.most for count in counts), WINDOW])
    found = [_standing(count, *map(int, at)) for count, at in zip(counts, stood, strict=True)]
    return (
        _full(found[refused - 1], stood[refused - 1])
        if refused
        else min(found, key=lambda one: one.left / one.count.most)
    )


def calls(workspace: UUID, day: date) -> int:
    """How many requests its people and programs made that day (UTC), as far as Redis knows; kept for two days."""
    try:
        return int(_script().registered_client.get(_calls_key(f"{OF_WORKSPACE}{workspace.hex}", day)) or 0)
    except (redis.RedisError, OSError):
        return 0


def _calls_key(key: str, day: date) -> str:
    return f"api:calls:{{{key}}}:{day}"


def _today() -> date:
    return datetime.now(UTC).date()


def _standing(count: Count, before: int, before_ends: int, now: int, now_ends: int) -> Standing:
    """The library's own weighing: what is left of the window before, and all of this one. Times are milliseconds."""
    weight = before * max(before_ends, 0) // (WINDOW * 1000) + now
    ends = max(now_ends - WINDOW * 1000, 0)  # a count lives for two windows
    return Standing(count, max(count.most - weight, 0), math.ceil(ends / 1000))


def _full(standing: Standing, at: Sequence[int]) -> Standing:
    """The window before gives a place back now and then; when this one is full by itself, it must end first."""
    before, before_ends, now, _ = map(int, at)
    room = standing.count.most - now
    wait = before_ends / 1000 - WINDOW * room / before if room > 0 and before else standing.ends
    return Standing(standing.count, 0, max(standing.ends, 1), max(math.ceil(wait), 1))


def _script() -> "redis.commands.core.Script":
    return _script_of(settings.REDIS_URL, threading.get_ident())


@lru_cache(maxsize=256)
def _script_of(url: str, thread: int) -> "redis.commands.core.Script":
    """Each thread has its own connection: taking one from a pool costs as much again as the question."""
    storage = RedisStorage(
        f"{url}/1", single_connection_client=True, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE,
        retry=Retry(NoBackoff(), 0),
    )  # fmt: skip
    parts = (RedisStorage.SCRIPT_ACQUIRE_SLIDING_WINDOW, RedisStorage.SCRIPT_SLIDING_WINDOW)
    acquire, window = (part.decode() if isinstance(part, bytes) else part for part in parts)
    return storage.get_connection().register_script(SCRIPT.format(acquire=acquire, window=window))


def _alone(counts: Sequence[Count]) -> Standing | None:
    """This process's own windows, for as long as Redis is away."""
    for count in counts:
        item = RateLimitItemPerMinute(count.most)
        if not _own().hit(item, count.key):
            stats = _own().get_window_stats(item, count.key)
            wait = max(math.ceil(stats.reset_time - time.time()), 1)
            return Standing(count, 0, wait, wait)
    return None


@cache
def _own() -> SlidingWindowCounterRateLimiter:
    return SlidingWindowCounterRateLimiter(MemoryStorage())
