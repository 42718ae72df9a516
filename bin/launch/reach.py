"""The user's own servers, asked before anything else is started: one line says which is missing and what to do."""

from __future__ import annotations

import re
from collections.abc import Mapping

from launch.say import Failure, say

OWNER_MISSING = (
    "DATABASE_URL is set but DATABASE_OWNER_URL is not: migrations run as the role that owns the tables. "
    "Set it too, or unset DATABASE_URL for the embedded PostgreSQL."
)


def check_servers(env: Mapping[str, str]) -> None:
    """Those that the environment names; the others will be started."""
    if "DATABASE_URL" in env and "DATABASE_OWNER_URL" not in env:
        raise Failure(OWNER_MISSING)
    if "DATABASE_URL" in env:
        for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_OPS_URL"):
            if name in env:
                check_postgres(name, env[name])
    if "REDIS_URL" in env:
        check_redis("REDIS_URL", env["REDIS_URL"])


def check_postgres(name: str, url: str) -> None:
    import psycopg

    try:
        psycopg.connect(url, connect_timeout=5).close()
    except (psycopg.Error, ValueError) as error:
        raise Failure(unreachable("PostgreSQL", name, url, error)) from error
    say(f"PostgreSQL at {name} answers")


def check_redis(name: str, url: str) -> None:
    import redis

    try:
        client = redis.Redis.from_url(url, socket_connect_timeout=5, socket_timeout=5)
        client.ping()
        client.close()
    except (redis.RedisError, ValueError, OSError) as error:
        raise Failure(unreachable("Redis", name, url, error)) from error
    say(f"Redis at {name} answers")


def unreachable(server: str, name: str, url: str, error: Exception) -> str:
    why = " ".join(str(error).split()).rstrip(".?! ")
    return (
        f"{server} cannot be reached at {name} ({without_password(url)}): {why}. "
        f"Start it or correct the address, or unset {name} for the embedded server."
    )


def without_password(url: str) -> str:
    return re.sub(r"(//[^:/@]*):[^@]*@", r"\1:…@", url)
