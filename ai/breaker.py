"""A model that is down is not asked by everybody in turn: after three failures it rests, then one asks."""

import time
from dataclasses import dataclass

from .connections import Connection

FAILURES = 3
REST = 30.0  # seconds


@dataclass
class _Known:
    failures: int = 0
    until: float = 0.0


_known: dict[Connection, _Known] = {}


def may_ask(connection: Connection) -> bool:
    """Who is let through while it rests is the one who tries; the next may when it has failed again and rested."""
    known = _known.get(connection)
    if known is None or known.failures < FAILURES:
        return True
    if time.monotonic() < known.until:
        return False
    known.until = time.monotonic() + REST
    return True


def worked(connection: Connection) -> None:
    _known.pop(connection, None)


def failed(connection: Connection) -> None:
    """Only for what says that the model is down: no answer, a broken one, 429, 5xx."""
    if len(_known) > 1000:
        _known.clear()
    known = _known.setdefault(connection, _Known())
    known.failures += 1
    if known.failures >= FAILURES:
        known.until = time.monotonic() + REST


def forget() -> None:
    """Everything that is known, as at the start of the process."""
    _known.clear()
