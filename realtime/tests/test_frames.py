"""What is sent against the protocol is answered or closed, and the process goes on. All of it: bin/bench hostile."""

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from workspaces.actor import Actor

from .server import PATIENCE, Server, listening

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def test_a_handshake_that_is_too_long_is_refused(running: Server, alice: Actor) -> None:
    for after, headers, status in (("1" * 9000, {}, 414), (0, {"X-Long": "x" * 9000}, 431)):
        with pytest.raises(InvalidStatus) as no, listening(running, alice, after=after, headers=headers):
            pass
        assert no.value.response.status_code == status


def test_what_is_no_text_or_never_ends_is_closed(running: Server, alice: Actor) -> None:
    for said, code in ((b"\xff", 1007), ([b"\xc3", b"("], 1007), ([b""] * 1001, 1009), (b"x" * 5000, 1009)):
        with listening(running, alice) as socket:
            with pytest.raises(ConnectionClosed) as closed:
                socket.connection.send(said, text=True)
                while True:
                    socket.connection.recv(timeout=PATIENCE)
        assert closed.value.rcvd is not None and closed.value.rcvd.code == code, said[:2]
    with listening(running, alice) as socket:
        socket.ready()
