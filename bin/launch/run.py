"""bin/run: everything FlowBoard needs on this machine, on one address, until Ctrl-C."""

from __future__ import annotations

import argparse
import contextlib
import http.client
import os
import signal
import socket
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from launch.child import Child, stop_all
from launch.folder import default_data
from launch.install import PYTHON, ROOT, install_npm
from launch.ports import WEB, listening, port_of
from launch.say import Failure, last_lines, say, step
from launch.stack import Stack, prepare, stack

READY = """
FlowBoard is ready at {url}
{demo}  Stop it with Ctrl-C; the data stays in {data}
"""
DEMO = """  Sign in with password flowboard-demo as
    alice@example.com  (owner of workspace demo)    bob@example.com  (member)    gus@example.com  (guest)
    eve@example.com    (owner of workspace initech)
"""
PATIENCE = 90.0  # seconds for the first answer
GRACE = 6.0  # seconds for the programs to end; the servers have three more
UVICORN = """
    --ws websockets-sansio --ws-per-message-deflate false --lifespan off --timeout-graceful-shutdown 5
    --no-access-log --no-proxy-headers --log-level warning
""".split()
CELERY = "celery --quiet --app flowboard".split()
ROOT_IS_FINE = "ignore:You're running the worker with superuser privileges"  # only JSON is taken from the queue


def main(words: list[str]) -> int:
    options = parse(words)
    install_npm()
    with stack(options.data) as up:
        prepare(up, "migrate", "static", *([] if options.no_demo else ["demo"]))
        with web_socket(options.port) as sock, programs(up, sock) as running:
            wait_for_answer(running, port_of(sock))
            announce(up, port_of(sock), demo=not options.no_demo)
            with contextlib.suppress(KeyboardInterrupt):
                keep_alive([*up.servers, *running])
    return 0


def parse(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/run", description=__doc__)
    port = int(os.environ["PORT"]) if os.environ.get("PORT", "").isdigit() else None
    parser.add_argument("--port", type=int, default=port, metavar="N", help="or PORT; another is taken if it is in use")
    parser.add_argument(
        "--data", type=Path, default=default_data(), metavar="DIR", help="or FLOWBOARD_DATA; default .data"
    )
    parser.add_argument("--no-demo", action="store_true", help="start without the demo workspaces")
    return parser.parse_args(words)


@contextlib.contextmanager
def web_socket(wanted: int | None) -> Iterator[socket.socket]:
    """Opened here and handed down, so that a web process that is started again finds its callers waiting."""
    with listening(WEB, wanted) as sock:
        if wanted not in (None, port_of(sock)):
            say(f"Port {wanted} is taken: using {port_of(sock)}.")
        sock.listen(2048)
        yield sock


@contextlib.contextmanager
def programs(up: Stack, sock: socket.socket) -> Iterator[list[Child]]:
    up.env.setdefault("SITE_URL", address(port_of(sock)))
    running: list[Child] = []
    try:
        for child in described(up, sock):
            running.append(child)
            child.start()
        yield running
    finally:
        with step("Stopping"):
            stop_all(running, GRACE)


def described(up: Stack, sock: socket.socket) -> list[Child]:
    beat = up.folder.path / "beat"
    beat.mkdir(exist_ok=True)
    web = ["uvicorn", "flowboard.asgi:application", "--fd", str(sock.fileno()), *UVICORN]
    worker = [
        "--concurrency",
        up.env.get("WORKER_PROCESSES", "2"),
        "--without-gossip",
        "--without-mingle",
        "--loglevel",
        "WARNING",
    ]
    return [
        *(program(up, f"web {n}", web, sock.fileno()) for n in range(1, int(up.env.get("WEB_PROCESSES", "2")) + 1)),
        program(up, "worker", [*CELERY, "worker", *worker]),
        program(up, "beat", [*CELERY, "beat", "--schedule", str(beat / "schedule"), "--loglevel", "WARNING"]),
    ]


def program(up: Stack, name: str, words: Sequence[str], *inherited: int) -> Child:
    env = {"PYTHONWARNINGS": ROOT_IS_FINE, **up.env, "PYTHONUNBUFFERED": "1"}
    # nobody waits for a killed launcher's jobs: Celery's cold shutdown puts them back into the queue
    orphan_signal = signal.SIGQUIT if name == "worker" else signal.SIGTERM
    inherit = (up.folder.family, *inherited)
    return Child(name, [PYTHON, "-m", *words], env, ROOT, inherited=inherit, orphan_signal=orphan_signal)


def wait_for_answer(running: Sequence[Child], port: int) -> None:
    with step("Starting web, worker and beat"):
        deadline = time.monotonic() + PATIENCE
        while (answer := readiness(port)) != "":
            for child in running:
                if not child.alive:
                    raise Failure(f"{child.name} ended while starting: its own words are above.")
            if time.monotonic() > deadline:
                raise Failure(f"The web does not become ready: {answer}")
            time.sleep(0.05)


def readiness(port: int) -> str:
    """Nothing when it is ready, else what it says is missing."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/readyz")
        response = connection.getresponse()
        body = response.read(2000).decode(errors="replace")
    except (OSError, http.client.HTTPException) as error:
        return f"no answer ({error})"
    finally:
        connection.close()
    return "" if response.status == 200 else f"{response.status} {last_lines(body, 5)}"


def announce(up: Stack, port: int, *, demo: bool) -> None:
    url = address(port)
    up.folder.announce(url)
    say(READY.format(url=url, demo=DEMO if demo else "", data=up.folder.path))


def address(port: int) -> str:
    return f"http://127.0.0.1:{port}"


def keep_alive(children: Sequence[Child]) -> None:
    while True:
        for child in children:
            child.revive()
        time.sleep(0.2)
