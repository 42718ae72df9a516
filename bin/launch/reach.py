"""The user's own servers, asked before anything else is started: one line says which is missing and what to do."""

from __future__ import annotations

import re
from collections.abc import Mapping

from launch.say import Failure, step

OWNER_MISSING = (
    "DATABASE_URL is set but DATABASE_OWNER_URL is not: migrations run as the role that owns the tables. "
    "Set it too, or unset DATABASE_URL for the embedded PostgreSQL."
)


def check_postgres(env: Mapping[str, str]) -> None:
    import psycopg

    if "DATABASE_OWNER_URL" not in env:
        raise Failure(OWNER_MISSING)
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_OPS_URL"):
        if name not in env:
            continue
        with step(f"PostgreSQL at {name}"):
            try:
                psycopg.connect(env[name], connect_timeout=5).close()
            except (psycopg.Error, UnicodeError) as error:
                raise Failure(unreachable("PostgreSQL", name, env[name], error)) from error


def check_redis(env: Mapping[str, str]) -> None:
    import redis

    with step("Redis at REDIS_URL"):
        try:
            client = redis.Redis.from_url(env["REDIS_URL"], socket_connect_timeout=5, socket_timeout=5)
            client.ping()
            client.close()
        except (redis.RedisError, ValueError, OSError) as error:
            raise Failure(unreachable("Redis", "REDIS_URL", env["REDIS_URL"], error)) from error


def unreachable(server: str, name: str, url: str, error: Exception) -> str:
    why = " ".join(str(error).split())
    return (
        f"{server} cannot be reached at {name} ({without_password(url)}): {why}. "
        f"Start it or correct the address, or unset {name} for the embedded server."
    )


def without_password(url: str) -> str:
    return re.sub(r"(//[^:/@]*):[^@]*@", r"\1@", url)
