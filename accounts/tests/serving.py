"""Servers of somebody else, on this machine."""

from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import BaseServer
from threading import Thread
from typing import TypeVar

Up = TypeVar("Up", bound=BaseServer)


@contextmanager
def serving(server: Up) -> Iterator[Up]:
    """Up for the length of a block."""
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
