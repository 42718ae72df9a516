"""Ports of our own, from 61000 up: below it Linux gives them to outgoing connections."""

from __future__ import annotations

import socket
import sys
from dataclasses import dataclass

from launch.say import Failure

HOST = "127.0.0.1"
WEB, POSTGRES, VALKEY = 61000, 61400, 61700
SPAN = 250
LINUX = sys.platform == "linux"


@dataclass(frozen=True)
class Reserved:
    """A port for a server, kept for it as long as the socket is open, even while the server is down."""

    port: int
    keeper: socket.socket


def reserve(first: int) -> Reserved:
    """The first free port from `first` up.

    Bound alone, so nobody has the port, and only then made to let in those who say SO_REUSEADDR: servers do when they
    listen, another launcher that looks for a port does not.
    """
    for port in range(first, first + SPAN):
        if sock := bound(port, reuse=False):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if not LINUX:  # elsewhere it would keep the server out as well
                sock.close()
            return Reserved(port, sock)
    raise no_port(first)


def listening(first: int, wanted: int | None = None) -> socket.socket:
    """A socket that listens on the wanted port, or else on the first free one from `first` up."""
    for port in [*([wanted] if wanted else []), *range(first, first + SPAN)]:
        if sock := bound(port, reuse=True):
            try:
                sock.listen(2048)
            except OSError:  # another was quicker between the two
                sock.close()
            else:
                return sock
    raise no_port(first)


def bound(port: int, *, reuse: bool) -> socket.socket | None:
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, int(reuse))
    try:
        sock.bind((HOST, port))
    except OSError:
        sock.close()
        return None
    return sock


def sharing(first: socket.socket, count: int) -> list[socket.socket]:
    """Listening sockets on the same port, among which Linux spreads new connections.

    Processes that share one socket would leave it to chance: the quickest takes a whole burst.
    The first was alone, so the port was free; only now may others of this user join.
    """
    if LINUX:
        first.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    return [first, *(twin(first) for _ in range(count - 1))]


def twin(first: socket.socket) -> socket.socket:
    if not LINUX:  # the last one bound would take everything
        return first.dup()
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    sock.bind(first.getsockname())
    sock.listen(2048)
    return sock


def port_of(sock: socket.socket) -> int:
    port: int = sock.getsockname()[1]
    return port


def no_port(first: int) -> Failure:
    return Failure(
        f"No free port from {first} to {first + SPAN - 1}: end what holds them, or give another with --port."
    )
