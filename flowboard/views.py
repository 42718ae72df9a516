"""Whether we are alive, and whether we are ready."""

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.templatetags.static import static

WORKER_SEEN = "worker-seen"


def alive(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok", content_type="text/plain")


def favicon(request: HttpRequest) -> HttpResponse:
    """For whoever asks without having read a page, which names its icon itself."""
    return redirect(static("icons/favicon.svg"))


def ready(request: HttpRequest) -> JsonResponse:
    """200 when PostgreSQL answers and is migrated. Redis and the worker are told, and are no reason to send nobody here."""
    state = {"database": _database(), "redis": _redis(), "worker": _worker()}
    return JsonResponse(state, status=200 if state["database"] == "ok" else 503)


def _database() -> str:
    try:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return "away"
    return "not migrated" if waiting else "ok"


def _redis() -> str:
    try:
        redis.Redis.from_url(settings.REDIS_URL, socket_timeout=0.5, socket_connect_timeout=0.5).ping()
    except (redis.RedisError, OSError):
        return "away"
    return "ok"


def _worker() -> str:
    from django.core.cache import cache

    return "ok" if cache.get(WORKER_SEEN) else "not seen"
