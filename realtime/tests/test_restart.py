"""A process that is asked to end lets its sockets go one by one, and answers what it has begun."""

import http.client
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

import pytest
from django.db import connections, transaction

from tasks.models import Project
from tasks.tests.boards import add
from workspaces.actor import Actor

from .server import PATIENCE, Server, listening, server, session_key
from .test_nets import deaf

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


def test_all_sockets_are_told_and_a_request_that_has_begun_is_answered(alice: Actor, project: Project) -> None:
    with ExitStack() as stack, ThreadPoolExecutor(1) as elsewhere:
        own = stack.enter_context(server())
        sockets = [stack.enter_context(listening(own, alice)).ready() for _ in range(5)]
        with locked("tasks_project"):
            answer = elsewhere.submit(ask, own, session_key(alice))
            until_somebody_waits()
            own.process.send_signal(signal.SIGTERM)
            assert sockets.pop().until_closed() == (1012, [])
        assert [socket.until_closed() for socket in sockets] == [(1012, [])] * 4
        assert answer.result() == 200
        assert own.process.wait(PATIENCE) in (0, -signal.SIGTERM)


def test_a_reader_that_reads_nothing_does_not_hold_it_up(alice: Actor, bob: Actor, project: Project) -> None:
    """Its goodbye cannot be said, so its connection is cut, long before answers are given up."""
    with server(hurry="socket.STALLED = server.UNANSWERED = 3600; hub.GOODBYE = 0.1") as own:
        with listening(own, alice) as hers, deaf(own.host, own.port, session_key(bob)):
            hers.ready()
            add(alice, project, *("x" * 300 for _ in range(900)))
            assert len([hers.next() for _ in range(900)]) == 900
            own.process.send_signal(signal.SIGTERM)
            assert hers.until_closed() == (1012, [])
            assert own.process.wait(PATIENCE) in (0, -signal.SIGTERM)


def ask(own: Server, key: str) -> int:
    wire = http.client.HTTPConnection(own.host, timeout=PATIENCE)
    wire.request("GET", "/api/v1/workspaces/acme/projects/", headers={"Cookie": f"sessionid={key}"})
    answer = wire.getresponse()
    answer.read()
    return answer.status


@contextmanager
def locked(table: str) -> Iterator[None]:
    """Nobody reads it meanwhile."""
    with transaction.atomic(using="owner"):
        with connections["owner"].cursor() as cursor:
            cursor.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        yield


def until_somebody_waits() -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with connections["default"].cursor() as cursor:
            cursor.execute(WAITING)
            if cursor.fetchone()[0]:
                return
        time.sleep(0.02)
    pytest.fail("nobody waits for the lock")
