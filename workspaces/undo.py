"""How events are undone: each one that can be has an inverse act, registered by its app."""

from collections.abc import Callable
from typing import Any

from .actor import Actor

# event → (actor, row) -> None; raises Refused (Stale) when the world has moved on
INVERSES: dict[str, Callable[[Actor, Any], None]] = {}


def undoes(*events: str) -> Callable[[Callable[[Actor, Any], None]], Callable[[Actor, Any], None]]:
    """Register the inverse of events."""

    def register(inverse: Callable[[Actor, Any], None]) -> Callable[[Actor, Any], None]:
        for event in events:
            assert event not in INVERSES, event
            INVERSES[event] = inverse
        return inverse

    return register


def undoable(rows: list[Any]) -> bool:
    """Whether every row of an act has an inverse."""
    return bool(rows) and all(row.event in INVERSES for row in rows)
