"""FlowBoard's own programs: web, worker and beat, as direct children of bin/run."""

from __future__ import annotations

import contextlib
import signal
import socket
from collections.abc import Iterator, Sequence

from launch.child import Child, stop_all
from launch.install import PYTHON, ROOT
from launch.ports import WEB, listening, port_of, sharing
from launch.say import Failure, say, step
from launch.stack import Stack

GRACE = 22.0  # seconds for the programs to end, which they need only where answers or jobs have begun; the servers have three more
PROGRAM = [str(PYTHON), "-m", "launch.program"]
NICE = "nice -n 5".split()
CELERY = "celery --quiet --app flowboard".split()
WORKER = "worker --queues celery,ai --without-gossip --without-mingle --loglevel WARNING --concurrency".split()
BEAT = "beat --loglevel WARNING --schedule".split()
ROOT_IS_FINE = "ignore:You're running the worker with superuser privileges"  # only JSON is taken from the queue


@contextlib.contextmanager
def programs(up: Stack, wanted_port: int | None) -> Iterator[tuple[int, list[Child]]]:
    """Start them; the port they answer on and the processes to watch."""
    running: list[Child] = []
    with web_sockets(wanted_port, count(up, "WEB_PROCESSES")) as sockets:
        port = port_of(sockets[0])
        up.env.setdefault("SITE_URL", address(port))
        up.env.setdefault("EMAIL_URL", f"filemail:///{up.folder.path / 'mail'}")
        try:
            for child in described(up, sockets):
                running.append(child)
                child.start()
            yield port, running
        finally:
            with step("Stopping"):
                stop_all(running, GRACE)


@contextlib.contextmanager
def web_sockets(wanted: int | None, number: int) -> Iterator[list[socket.socket]]:
    """Opened here and handed down, so that a web process that is started again finds its callers waiting."""
    with contextlib.ExitStack() as closing:
        first = closing.enter_context(listening(WEB, wanted))
        if wanted not in (None, port_of(first)):
            say(f"Port {wanted} is taken: using {port_of(first)}.")
        yield [closing.enter_context(sock) for sock in sharing(first, number)]


def described(up: Stack, sockets: Sequence[socket.socket]) -> list[Child]:
    """Who waits for a page comes before jobs, also while all of them load: worker and beat are nice."""
    schedule = up.folder.path / "beat" / "schedule"
    schedule.parent.mkdir(exist_ok=True)
    webs = [program(up, f"web {number}", web(sock), sock.fileno()) for number, sock in enumerate(sockets, 1)]
    worker = program(up, "worker", [*NICE, *PROGRAM, *CELERY, *WORKER, str(count(up, "WORKER_PROCESSES"))])
    beat = program(up, "beat", [*NICE, *PROGRAM, *CELERY, *BEAT, str(schedule)])
    # nobody waits for the jobs of a killed launcher: Celery's cold shutdown puts them back into the queue
    worker.orphan_signal = signal.SIGQUIT
    return [*webs, worker, beat]


def web(sock: socket.socket) -> list[str]:
    return [*PROGRAM, "launch.web", str(sock.fileno())]


def program(up: Stack, name: str, argv: Sequence[str], *inherited: int) -> Child:
    extra = {"PYTHONUNBUFFERED": "1", "PYTHONPATH": str(ROOT / "bin"), "PYTHONWARNINGS": ROOT_IS_FINE}
    return Child(name, argv, up.env | extra, ROOT, inherited=(up.folder.family, *inherited))


def count(up: Stack, name: str) -> int:
    text = up.env.get(name, "2")
    if text.isdecimal() and 0 < int(text) <= 64:
        return int(text)
    raise Failure(f"{name} is {text!r}: give a number from 1 to 64.")


def address(port: int) -> str:
    return f"http://127.0.0.1:{port}"
