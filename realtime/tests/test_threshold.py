"""Many who want a socket at once come in one group after the other, and pages do not wait behind them."""

import signal
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from tasks.models import Project
from workspaces.actor import Actor

from .server import PATIENCE, Server, listening, server, session_key
from .test_restart import ask

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
SHAKE = (
    "GET /ws/acme/ HTTP/1.1\r\nHost: {host}\r\nCookie: sessionid={key}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
)


@contextmanager
def knocking(own: Server, key: str) -> Iterator[socket.socket]:
    """A handshake that was sent."""
    with socket.create_connection(("127.0.0.1", own.port), PATIENCE) as wire:
        wire.sendall(SHAKE.format(host=own.host, key=key).encode())
        yield wire


def test_a_page_is_answered_while_sockets_wait_for_their_turn(alice: Actor, project: Project) -> None:
    key = session_key(alice)
    with server(hurry="threshold.TOGETHER = 1; threshold.ROUND = 3600") as own, ExitStack() as stack:
        stack.enter_context(listening(own, alice)).ready()  # who comes alone comes in at once
        waiting = stack.enter_context(knocking(own, key))
        assert ask(own, key) == 200
        waiting.setblocking(False)
        with pytest.raises(BlockingIOError):
            waiting.recv(1)
        own.process.send_signal(signal.SIGTERM)
        waiting.settimeout(PATIENCE)
        assert waiting.recv(1) == b""  # and comes back to the next process
        assert own.process.wait(PATIENCE) in (0, -signal.SIGTERM)


def test_all_of_them_come_in(alice: Actor, project: Project) -> None:
    key = session_key(alice)
    with server(hurry="threshold.TOGETHER = 2; threshold.ROUND = 0.01") as own, ExitStack() as stack:
        ask(own, key)
        wires = [stack.enter_context(knocking(own, key)) for _ in range(9)]
        wires.pop(4).close()  # one has gone before their turn
        assert all(wire.recv(12) == b"HTTP/1.1 101" for wire in wires)
