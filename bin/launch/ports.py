"""Free ports, from 61000 up: below it Linux gives them to outgoing connections."""

from __future__ import annotations

import socket
import sys

from launch.say import Failure

WEB, POSTGRES, VALKEY = 61000, 61400, 61700
SPAN = 250


def free_port(first: int) -> int:
    with listening(first) as sock:
        return port_of(sock)


def listening(first: int, wanted: int | None = None) -> socket.socket:
    """A socket bound to the wanted port, or else to the first free one from `first` up."""
    for port in [*([wanted] if wanted else []), *range(first, first + SPAN)]:
        sock = socket.socket()
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind(("127.0.0.1", port))
        except OSError:
            sock.close()
        else:
            return sock
    raise Failure(f"No free port from {first} to {first + SPAN - 1}: end what holds them, or give another with --port.")


def sharing(first: socket.socket, count: int) -> list[socket.socket]:
    """Sockets on the same port, among which Linux spreads new connections; all start to listen.

    Processes that share one socket would leave it to chance: the quickest takes a whole burst.
    The first was bound alone, so the port was free; only now may others of this user join.
    """
    if sys.platform == "linux":
        first.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    sockets = [first, *(twin(first) for _ in range(count - 1))]
    for sock in sockets:
        sock.listen(2048)
    return sockets


def twin(first: socket.socket) -> socket.socket:
    if sys.platform != "linux":  # elsewhere the last one bound would take everything
        return first.dup()
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    sock.bind(first.getsockname())
    return sock


def port_of(sock: socket.socket) -> int:
    port: int = sock.getsockname()[1]
    return port
