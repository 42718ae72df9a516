"""The second nets: what no row and no doorbell has told is found by looking."""

import socket as sockets
import time
from collections.abc import Iterator

import pytest
from django.contrib.sessions.models import Session
from django.db import connections

from tasks.models import Project
from tasks.tests.boards import add
from workspaces import tenancy
from workspaces.actions import create_token
from workspaces.actor import Actor
from workspaces.models import Membership

from .server import PATIENCE, Listener, Server, listening, server, session_key

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
HERE = '{"event": "presence:here", "page": "home"}'


@pytest.fixture(scope="module")
def hasty(django_db_setup: None) -> Iterator[Server]:
    """A server that looks soon."""
    with server(hurry="hub.VERIFY = 0.5") as up:
        yield up


def test_a_session_that_ended_without_a_bell(hasty: Server, alice: Actor, bob: Actor) -> None:
    key = session_key(alice)
    with listening(hasty, None, headers={"Cookie": f"sessionid={key}"}) as gone, listening(hasty, bob) as stays:
        gone.ready(), stays.ready()
        Session.objects.filter(session_key=key).delete()
        assert gone.until_closed() == (4401, [])
        assert stays.connection.ping().wait(PATIENCE)


def test_a_changed_password_a_disabled_person_a_lost_membership(
    hasty: Server, alice: Actor, bob: Actor, gus: Actor
) -> None:
    with listening(hasty, alice) as changed, listening(hasty, bob) as disabled, listening(hasty, gus) as lost:
        changed.ready(), disabled.ready(), lost.ready()
        alice.user.set_password("quite another one")
        alice.user.save()
        bob.user.is_active = False
        bob.user.save()
        with tenancy.workspace(alice.workspace.pk, atomic=True):
            Membership.objects.within(alice.workspace).filter(user=gus.user).delete()
        assert changed.until_closed() == (4401, [])
        assert disabled.until_closed() == (4401, [])
        assert lost.until_closed() == (4403, [])


def test_a_token_that_expired(hasty: Server, alice: Actor) -> None:
    token, secret = create_token(alice, name="bot")
    with listening(hasty, None, headers={"Authorization": f"Token {secret}"}) as socket:
        socket.ready()
        with connections["owner"].cursor() as cursor:
            cursor.execute("UPDATE workspaces_accesstoken SET expires_at = now() WHERE id = %s", [token.pk])
        assert socket.until_closed() == (4401, [])


def test_a_reader_that_reads_nothing_is_dropped_and_delays_nobody(alice: Actor, bob: Actor, project: Project) -> None:
    with server(hurry="socket.STALLED, socket.CUT = 1.0, 2.0") as own, listening(own, alice) as socket:
        socket.ready()
        stalled = deaf(own.host, own.port, session_key(bob))
        with stalled:
            for _ in range(3):
                add(alice, project, *("x" * 300 for _ in range(300)))
            assert len([socket.next() for _ in range(900)]) == 900
            assert ends(stalled)


def upto(listener: Listener, event: str) -> None:
    while listener.any()["event"] != event:
        pass


def deaf(host: str, port: int, key: str) -> sockets.socket:
    """A client that shakes hands and then takes nothing."""
    connection = sockets.socket()
    connection.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 2048)
    connection.settimeout(PATIENCE)
    connection.connect(("127.0.0.1", port))
    lines = [
        "GET /ws/acme/ HTTP/1.1", f"Host: {host}", "Upgrade: websocket", "Connection: Upgrade", f"Cookie: sessionid={key}",
        f"Origin: http://{host}", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==", "", "",
    ]  # fmt: skip
    connection.sendall("\r\n".join(lines).encode())
    answer = b""
    while b'"head"' not in answer:
        answer += connection.recv(100)
    return connection


def ends(connection: sockets.socket) -> bool:
    """Whether the server ends it, without our reading: what we say is answered by a reset."""

    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            connection.sendall(b"\x8a\x80\x00\x00\x00\x00")  # an unasked pong
        except OSError:
            return True
        time.sleep(0.2)
    return False


def test_a_reader_that_wakes_up_reads_why(alice: Actor, bob: Actor, project: Project) -> None:
    """Told after a second, and cut after forty; that he has been told is seen by who stands beside him."""
    with server(hurry="socket.STALLED = 1.0") as own, listening(own, alice) as hers:
        hers.connection.send(HERE)
        with deaf(own.host, own.port, session_key(bob)) as connection:
            connection.sendall(bytes([0x81, 0x80 | len(HERE), 0, 0, 0, 0]) + HERE.encode())
            upto(hers, "presence:joined")
            add(alice, project, *("x" * 300 for _ in range(900)))
            upto(hers, "presence:left")
            heard = b""
            while not heard.endswith(b"stalled"):
                piece = connection.recv(65536)
                assert piece, "closed without a word"
                heard += piece
    assert heard[-11:-7] == b"\x88\x09" + (4408).to_bytes(2, "big")
