"""The client of docs/examples keeps the rule: each row once, whatever becomes of the connection, the process or its place."""

import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import connections

from tasks.models import Project
from tasks.tests.boards import add
from workspaces.actions import create_token, revoke_token
from workspaces.actor import Actor
from workspaces.tests.people import log

from .server import PATIENCE, ROOT, server

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


class Followed:
    """The program, and what it has printed."""

    def __init__(self, base: str, secret: str, place: Path) -> None:
        words = [sys.executable, "docs/examples/follow.py", base, "acme", str(place)]
        env = {**os.environ, "FLOWBOARD_TOKEN": secret}
        self.process = subprocess.Popen(
            words, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        self.lines: queue.Queue[str] = queue.Queue()
        self.thread = threading.Thread(target=self.read)
        self.thread.start()

    def read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.lines.put(line)

    def upto(self, seq: int) -> list[int]:
        """The numbers of its rows until that one."""
        heard = [self.next()["seq"]]
        while heard[-1] < seq:
            heard.append(self.next()["seq"])
        return heard

    def next(self) -> dict[str, Any]:
        return dict(json.loads(self.lines.get(timeout=PATIENCE)))


@contextmanager
def following(base: str, secret: str, place: Path) -> Iterator[Followed]:
    program = Followed(base, secret, place)
    try:
        yield program
    finally:
        program.process.kill()
        program.process.communicate()
        program.thread.join()


@pytest.fixture
def place(tmp_path: Path) -> Path:
    file = tmp_path / "place.json"
    file.write_text('{"last": 0}')
    return file


def test_it_follows_over_a_killed_process_a_restart_and_a_restored_backup(
    alice: Actor, project: Project, place: Path
) -> None:
    token, secret = create_token(alice, name="bot")
    with server() as own:
        with following(f"http://{own.host}", secret, place) as program:
            add(alice, project, "One", "Two")
            heard = program.upto(log(alice)[-1].seq)
            own.process.kill()
            own.process.wait()
            add(alice, project, "Three", "Four")
            own.start()
            add(alice, project, "Five")
            heard += program.upto(log(alice)[-1].seq)
            until_kept(place, heard[-1])
        add(alice, project, *(f"While it was away {number}" for number in range(600)))
        with following(f"http://{own.host}", secret, place) as program:
            heard += program.upto(log(alice)[-1].seq)
            assert heard == list(range(1, log(alice)[-1].seq + 1))
            with connections["owner"].cursor() as cursor:
                words = "UPDATE workspaces_stream SET epoch = %s WHERE workspace_id = %s"
                cursor.execute(words, [uuid4(), alice.workspace.pk])
            assert program.next() == {"event": "resync", "seq": heard[-1]}
            revoke_token(alice, token)
            assert program.process.wait(PATIENCE) == 1
            assert "4401: the token is not valid" in program.process.stderr.read()  # type: ignore[union-attr]


def until_kept(place: Path, seq: int) -> None:
    """It prints a row and then keeps its place: killed in between, it would print the row again."""
    deadline = time.monotonic() + PATIENCE
    while json.loads(place.read_text())["last"] != seq:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_where_there_are_no_sockets_it_asks(live_server: Any, alice: Actor, project: Project, place: Path) -> None:
    add(alice, project, *(f"Card {number}" for number in range(600)))
    with following(live_server.url, create_token(alice, name="bot")[1], place) as program:
        last = log(alice)[-1].seq
        assert program.upto(last) == list(range(1, last + 1))
        with connections["owner"].cursor() as cursor:
            cursor.execute("UPDATE workspaces_stream SET floor = head WHERE workspace_id = %s", [alice.workspace.pk])
        add(alice, project, "After it was pruned")
        assert program.next()["seq"] == last + 1
    place.write_text('{"last": 3}')
    with following(live_server.url, create_token(alice, name="bot")[1], place) as program:
        assert program.next() == {"event": "resync", "seq": log(alice)[-1].seq}
