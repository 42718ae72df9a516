"""Django's Redis cache that misses, rather than fails, while Redis is away."""

import logging
import time
from collections.abc import Callable
from typing import Any

import redis
from django.core.cache.backends.redis import RedisCache

PAUSE = 2.0  # seconds without trying after a failure
log = logging.getLogger(__name__)


def _patient(name: str, missing: Any) -> Callable[..., Any]:
    """The method of that name, or what it answers when Redis is away."""

    def method(self: "PatientRedisCache", *args: Any, **kwargs: Any) -> Any:
        if time.monotonic() < self.quiet_until:
            return missing(*args, **kwargs)
        try:
            return getattr(RedisCache, name)(self, *args, **kwargs)
        except (redis.RedisError, OSError) as error:
            type(self).quiet_until = time.monotonic() + PAUSE  # of the whole process
            log.warning("cache away for %s s: %s", PAUSE, error)
            return missing(*args, **kwargs)

    method.__name__ = name
    return method


class PatientRedisCache(RedisCache):
    """Sessions fall back on the database (cached_db), everything else on being computed again."""

    quiet_until = 0.0

    add = _patient("add", lambda *a, **k: True)
    get = _patient("get", lambda key, default=None, **k: default)
    set = _patient("set", lambda *a, **k: None)
    touch = _patient("touch", lambda *a, **k: False)
    delete = _patient("delete", lambda *a, **k: False)
    get_many = _patient("get_many", lambda *a, **k: {})
    set_many = _patient("set_many", lambda *a, **k: [])
    delete_many = _patient("delete_many", lambda *a, **k: None)
    has_key = _patient("has_key", lambda *a, **k: False)
    incr = _patient("incr", lambda key, delta=1, **k: delta)


def _uncounted(key: str, *_: Any, **__: Any) -> int:
    raise ValueError(key)


class CountingRedisCache(PatientRedisCache):
    """Of django-ratelimit, which takes these answers for "not counted", and then refuses."""

    quiet_until = 0.0  # its own: one slow session shuts nobody out

    add = _patient("add", lambda *a, **k: False)
    incr = _patient("incr", _uncounted)
