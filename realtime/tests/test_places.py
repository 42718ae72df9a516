"""Twenty sockets a person, wherever they are; and what a process that is gone has held counts no longer."""

import time
from contextlib import ExitStack, suppress

import pytest
from websockets.exceptions import ConnectionClosed

from workspaces.actor import Actor

from .server import PATIENCE, Server, listening, private_redis, server

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def refused(at: Server, who: Actor) -> bool:
    """Where Redis answers too late a process counts alone: then they ask once more."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with listening(at, who) as socket:
            try:
                socket.any()
            except ConnectionClosed as no:
                return no.rcvd is not None and no.rcvd.code == 4429
        time.sleep(0.1)
    return False


def test_twenty_over_all_processes(alice: Actor, bob: Actor) -> None:
    with private_redis() as (url, redis), server(url) as one, server(url) as other, ExitStack() as stack:
        closed = stack.enter_context(ExitStack())
        for number in range(20):
            place = closed if number < 8 else stack
            place.enter_context(listening((one, other)[number % 2], alice)).ready()
        assert refused(one, alice) and refused(other, alice)
        stack.enter_context(listening(other, bob)).ready()
        closed.close()
        let_in(stack, one, alice)

        other.process.kill()  # what it held is nobody's any more
        for _ in range(13):
            let_in(stack, one, alice)
        assert refused(one, alice)

        redis.kill()  # and now each process counts alone
        redis.wait()
        with server(url) as third:
            let_in(stack, third, alice)
        assert refused(one, alice)


def let_in(stack: ExitStack, at: Server, who: Actor) -> None:
    """Perhaps not at once: that another has gone is known after a moment."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with suppress(ConnectionClosed):
            stack.enter_context(listening(at, who)).ready()
            return
        time.sleep(0.05)
    pytest.fail("there was no place to be had")
