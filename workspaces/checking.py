"""Checking the chain on request: at once where that is quick, else in a worker that says how far it is."""

from collections.abc import Callable
from itertools import islice
from typing import Any

from django.core.cache import cache
from django.db import transaction

from . import jobs
from .actions import note_check
from .actor import Actor
from .auditing import SMALL, key, last_check
from .verifying import Walk

MOST_FAULTS = 100
PATIENCE = 600  # seconds in which a worker takes it up
PULSE = 60  # seconds in which it says how far it is


def ask(by: Actor) -> None:
    """Check now. One check of a workspace runs at a time."""
    by.must("audit.read")
    head = last_check(by).head
    if head <= SMALL:
        check(by)
    elif cache.add(key(by.workspace.pk), {"seq": 0, "head": head}, PATIENCE):
        ids = str(by.workspace.pk), str(by.user.pk)
        transaction.on_commit(lambda: jobs.check_record.delay(*ids), robust=True)


def check(by: Actor, seen: Callable[[Walk], Any] = lambda walk: None) -> None:
    """Walk the record and note what came of it."""
    walk = Walk(by.workspace.pk)
    faults = list(islice(walk.faults(lambda seq: seen(walk)), MOST_FAULTS))
    note_check(by, walk=walk, faults=faults)


def check_telling(by: Actor) -> None:
    """The same, saying how far it is."""
    name = key(by.workspace.pk)
    try:
        check(by, lambda walk: cache.set(name, {"seq": walk.seq, "head": walk.head}, PULSE))
    finally:
        cache.delete(name)
