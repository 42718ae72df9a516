"""Trying a connection: one question of a word, which holds nothing of the workspace, asked by a worker while the page shows how it goes."""

import time
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.db import transaction

from workspaces.actor import Actor
from workspaces.errors import Refused

from . import jobs
from .models import AIConnection
from .service import check

STATES = ("none", "running", "ok", "failed")
PATIENCE = 120  # seconds in which a worker takes it up and is answered
KEPT = 3600  # seconds


def ask_probe(by: Actor, connection: AIConnection) -> None:
    """Have it tried after commit."""
    by.must("workspace.manage")
    cache.set(_key(connection.pk), {"state": "running"}, PATIENCE)
    ids = str(by.workspace.pk), str(by.user.pk), str(connection.pk)
    transaction.on_commit(lambda: jobs.try_connection.delay(*ids), robust=True)


def last_probe(connection: AIConnection) -> dict[str, Any]:
    """How the last try of this hour went; {} where there was none."""
    return cache.get(_key(connection.pk)) or {}


def probe(by: Actor, connection: AIConnection) -> None:
    """Ask it, outside of any transaction, and note what came of it."""
    began = time.monotonic()
    try:
        check(by, connection)
    except Refused as no:
        cache.set(_key(connection.pk), {"state": "failed", "words": no.words}, KEPT)
    else:
        cache.set(_key(connection.pk), {"state": "ok", "ms": int((time.monotonic() - began) * 1000)}, KEPT)


def _key(pk: UUID) -> str:
    return f"ai:probe:{pk}"
