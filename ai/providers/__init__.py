"""The providers' wire protocols, each behind one function: pieces of text as they come, and a count."""

import importlib
from collections.abc import AsyncIterator

from ..asking import Count, Request
from ..connections import Connection
from .faults import Fault

MODULES = {"openai": "responses", "openai_chat": "chat", "anthropic": "messages"}

__all__ = ["Fault", "stream"]


def stream(connection: Connection, request: Request, count: Count) -> AsyncIterator[str]:
    """The answer's text as it comes; `count` is filled as the provider tells. Raises Fault, and nothing else of the SDK's."""
    if connection.kind not in MODULES:
        raise Fault(f"is of a kind that there is not: {connection.kind[:20]}")
    module = importlib.import_module(f".{MODULES[connection.kind]}", __package__)
    return module.stream(connection, request, count)  # type: ignore[no-any-return]
