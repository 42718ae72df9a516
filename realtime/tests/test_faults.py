"""Redis and PostgreSQL may go and come: sockets stay, and no row is lost or told twice."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from django.db import InterfaceError, OperationalError, connections
from websockets.exceptions import ConnectionClosed

from accounts.breaker import telling
from realtime import doorbell
from tasks.models import Project
from tasks.tests.boards import add
from workspaces.actor import Actor
from workspaces.tests.people import log

from .server import Server, listening, private_redis, server

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])

CUT = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE usename = current_user AND datname = current_database() AND pid <> pg_backend_pid()
"""


@contextmanager
def ringing(url: str, settings: Any) -> Iterator[None]:
    """This process rings there."""
    settings.REDIS_URL = url
    doorbell._redis.cache_clear()
    telling.out = False
    yield
    doorbell._redis.cache_clear()
    telling.out = False


@pytest.fixture(autouse=True)
def _clean_up() -> Iterator[None]:
    """No dead bell and no cut connection for the next test."""
    yield
    doorbell._redis.cache_clear()
    telling.out = False
    connections["default"].close()
    connections["default"].close_pool()


def execute(words: str, *values: Any) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute(words, values)


def test_without_redis_rows_still_arrive(alice: Actor, project: Project, settings: Any) -> None:
    with private_redis() as (url, redis), server(url) as own, ringing(url, settings):
        with listening(own, alice) as socket:
            socket.ready()
            add(alice, project, "Rung")
            assert socket.next()["data"]["key"] == "FLOW-1"
            redis.kill()
            redis.wait()
            for number in range(3):
                add(alice, project, f"Found {number}")
            assert [row["data"]["key"] for row in socket.upto(log(alice)[-1].seq)] == ["FLOW-2", "FLOW-3", "FLOW-4"]
        with listening(own, alice, after=0) as late:
            assert [row["seq"] for row in late.upto(log(alice)[-1].seq)] == list(range(1, log(alice)[-1].seq + 1))


def test_started_without_redis(alice: Actor, project: Project) -> None:
    with server("redis://127.0.0.1:1") as own, listening(own, alice) as socket:
        socket.ready()
        add(alice, project, "Found by the head check")
        assert socket.next()["data"]["key"] == "FLOW-1"


def test_an_inbox_that_could_not_be_rung_is_rung_again(
    running: Server, alice: Actor, bob: Actor, settings: Any
) -> None:
    there = settings.REDIS_URL
    with listening(running, bob) as socket:
        socket.ready()
        with ringing("redis://127.0.0.1:1", settings):
            doorbell.ring_inbox(alice.workspace.pk, [bob.user.pk])
        settings.REDIS_URL = there
        assert socket.next()["event"] == "inbox"


def test_what_was_rung_while_the_hub_was_deaf_is_asked_for(bob: Actor, settings: Any) -> None:
    with private_redis() as (url, redis), server(url) as own, listening(own, bob) as socket:
        socket.ready()
        redis.kill()
        redis.wait()
        with private_redis(port=urlsplit(url).port or 0):
            assert socket.next()["event"] == "inbox"


def test_a_doorbell_that_lies_or_babbles(running: Server, alice: Actor, project: Project) -> None:
    with listening(running, alice) as socket:
        socket.ready()
        for words in (
            b"{",
            b"[]",
            b'"x"',
            b'{"workspace": 1}',
            b'{"workspace": "%s", "head": 99, "rows": []}' % str(alice.workspace.pk).encode(),
        ):
            doorbell._redis().publish(doorbell.EVENTS, words)
        doorbell._redis().publish(doorbell.SESSIONS, b"{}")
        add(alice, project, "Still in order")
        told = socket.next()
    assert (told["event"], told["seq"]) == ("task:created", log(alice)[-1].seq)


def test_a_restored_backup_starts_everybody_over(running: Server, alice: Actor, project: Project) -> None:
    with listening(running, alice) as socket:
        socket.ready()
        epoch = uuid4()
        execute("UPDATE workspaces_stream SET epoch = %s WHERE workspace_id = %s", epoch, alice.workspace.pk)
        assert socket.next() == {"event": "resync", "seq": log(alice)[-1].seq, "epoch": str(epoch)}
        add(alice, project, "In the new age")
        assert socket.next()["event"] == "task:created"


def test_pruned_rows_start_over(running: Server, alice: Actor, project: Project) -> None:
    add(alice, project, "One", "Two")
    execute("UPDATE workspaces_stream SET floor = 5 WHERE workspace_id = %s", alice.workspace.pk)
    with listening(running, alice, after=4) as socket:
        assert socket.next()["event"] == "resync"
    with listening(running, alice, after=5) as socket:
        assert socket.next()["seq"] == 6


def test_connections_of_the_database_cut(running: Server, alice: Actor, project: Project) -> None:
    with listening(running, alice) as socket:
        socket.ready()
        cut_database()
        connections["default"].close()
        connections["default"].close_pool()
        add(alice, project, "One", "Two")
        heard = socket.upto(log(alice)[-1].seq)
    assert [row["data"]["key"] for row in heard] == ["FLOW-1", "FLOW-2"]


def test_nothing_is_lost_or_told_twice_over_all_faults(
    running: Server, alice: Actor, bob: Actor, project: Project, settings: Any
) -> None:
    """Four writers; Redis killed, the database's connections cut, the server killed; one client that keeps the rule."""
    heard: list[int] = []
    with private_redis() as (url, redis), ringing(url, settings), ThreadPoolExecutor(4) as writers:
        work = [writers.submit(write, alice, project, number) for number in range(4)]
        for fault in (redis.kill, cut_database, lambda: None):
            with server(url) as own:
                hear(own, bob, heard, 30)
                fault()
                hear(own, bob, heard, 30)
                own.process.kill()
        for one in work:
            one.result()
        last = log(alice)[-1].seq
        with server(url) as own:
            hear(own, bob, heard, last - heard[-1])
    assert heard == list(range(1, last + 1))
    heal(running, alice)


def heal(shared: Server, who: Actor) -> None:
    """The other tests' server had its connections cut too: each is found out by whoever is given it."""
    well = 0
    while well < 10:
        with listening(shared, who) as socket, suppress(ConnectionClosed):
            socket.ready()
            well += 1


def write(by: Actor, project: Project, number: int) -> None:
    """Sixty cards; what the cut refuses is tried again, as a person would."""
    done = 0
    while done < 60:
        try:
            add(by, project, f"{number}.{done}")
            done += 1
            time.sleep(0.02)
        except (OperationalError, InterfaceError):
            connections["default"].close()
    connections["default"].close()


def hear(own: Server, who: Actor, heard: list[int], count: int) -> None:
    """So many more, on new connections; `seq` counts, whatever the frame says."""
    goal = len(heard) + count
    while len(heard) < goal:
        with listening(own, who, after=heard[-1] if heard else 0) as socket, suppress(ConnectionClosed):
            while len(heard) < goal:
                heard.append(socket.next()["seq"])


def cut_database() -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute(CUT)
