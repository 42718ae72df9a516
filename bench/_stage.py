"""What the measurements of the stream share: a workspace with many people, web processes as bin/run's, ears, a writer, pages."""

# ruff: noqa: E402  (Django first)

import http.client
import json
import os
import queue
import resource
import secrets
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import IO, Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "flowboard.settings")
django.setup()

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connections

from accounts.models import User
from tasks.actions import Draft, create_project, create_tasks
from workspaces import tenancy
from workspaces.actions import create_workspace
from workspaces.actor import Actor
from workspaces.models import Membership, Role, Stream
from workspaces.spine import acting

ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 60.0  # seconds for what must come to an end
TABS = 4  # sockets of one person
TICK = os.sysconf("SC_CLK_TCK")
CALLS = """
SELECT coalesce(sum(calls), 0) FROM pg_stat_statements WHERE userid = 'flowboard_app'::regrole
AND dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


def many_files() -> None:
    """As many sockets as the machine lets us hold; the processes that we start inherit it."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


@dataclass
class Company:
    """A workspace, its owner, and the cookies of its people."""

    owner: Actor
    people: list[User]
    cookies: list[str]

    @property
    def slug(self) -> str:
        return self.owner.workspace.slug

    @property
    def path(self) -> str:
        return f"/ws/{self.slug}/"

    def head(self) -> int:
        with tenancy.workspace(self.owner.workspace.pk, atomic=True):
            return int(Stream.objects.within(self.owner.workspace).get().head)


def company(sockets: int, cards: int = 50) -> Company:
    """People enough for so many sockets; named by chance, so that it can run again and again."""
    slug = f"bench-{secrets.token_hex(4)}"
    count = max(2, -(-sockets // TABS))
    people = [User(email=f"{number}@{slug}.example", name=f"Person {number}") for number in range(count)]
    for person in people:
        person.set_unusable_password()
    User.objects.bulk_create(people)
    owner = Actor.of(create_workspace(people[0], name="Bench", slug=slug))
    with acting(owner):
        role = Role.objects.within(owner.workspace).get(key="member")
        rows = [Membership(workspace=owner.workspace, user=person, role=role) for person in people[1:]]
        Membership.objects.bulk_create(rows)
    project = create_project(owner, name="Bench", key="BE")
    with tenancy.workspace(owner.workspace.pk, atomic=True):
        column = project.statuses.select_related("project").order_by("rank").first()
    create_tasks(owner, project, drafts=[Draft(f"Card {number}") for number in range(cards)], to=column)
    return Company(owner, people, [cookie(person) for person in people])


def cookie(person: User) -> str:
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.create()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


class Web:
    """One web process on a listening socket that stays open, so that a restarted one finds its callers waiting."""

    def __init__(self, listener: socket.socket, env: dict[str, str]) -> None:
        self.listener, self.env = listener, {**os.environ, **env, "PYTHONPATH": str(ROOT / "bin")}
        self.start()

    def start(self) -> None:
        fd = self.listener.fileno()
        words = [sys.executable, "-m", "launch.web", str(fd)]
        self.process = subprocess.Popen(words, cwd=ROOT, env=self.env, pass_fds=[fd])

    def memory(self) -> float:
        """Resident, in KB."""
        return float(Path(f"/proc/{self.process.pid}/status").read_text().split("VmRSS:")[1].split()[0])

    def cpu(self) -> float:
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICK


@dataclass
class Webs:
    """They share one port."""

    port: int
    all: list[Web] = field(default_factory=list)

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def cpu(self) -> float:
        return sum(web.cpu() for web in self.all)

    def memory(self) -> float:
        return sum(web.memory() for web in self.all)


@contextmanager
def webs(count: int = 2, **env: str) -> Iterator[Webs]:
    """Processes on one port, among which the kernel spreads new connections."""
    listeners = [listening()]
    listeners += [listening(listeners[0].getsockname()[1]) for _ in range(count - 1)]
    up = Webs(listeners[0].getsockname()[1])
    try:
        up.all = [Web(listener, env) for listener in listeners]
        for _ in range(4 * count):
            answer(up.port, "/readyz", "")
        yield up
    finally:
        for web in up.all:
            web.process.kill()
            web.process.wait()
            web.listener.close()


def listening(port: int = 0) -> socket.socket:
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    made.bind(("127.0.0.1", port))
    made.listen(2048)
    return made


class Talker:
    """A process that takes a line and gives a line."""

    def __init__(self, *words: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", *words], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, args=(self.process.stdout,), daemon=True).start()

    def _read(self, out: IO[str]) -> None:
        for line in out:
            self.lines.put(line)

    def say(self, line: str) -> None:
        assert self.process.stdin
        print(line, file=self.process.stdin, flush=True)

    def end(self) -> None:
        self.process.kill()
        self.process.wait()


class Ears(Talker):
    """bench._ears; they end with the block that they are opened for."""

    def __enter__(self) -> "Ears":
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def __init__(self) -> None:
        super().__init__("bench._ears")

    def ask(self, do: str, patience: float = PATIENCE, **more: Any) -> dict[str, Any]:
        self.say(json.dumps({"do": do, **more}))
        return dict(json.loads(self.lines.get(timeout=patience)))


class Writer(Talker):
    """bench._writer."""

    def __init__(self, of: Company, rate: float, seconds: float, at_once: int = 1) -> None:
        words = [of.slug, str(of.owner.user.pk), str(rate), str(seconds), str(at_once)]
        super().__init__("bench._writer", *words)
        self.seconds = seconds
        assert self.lines.get(timeout=PATIENCE) == "ready\n"

    def begin(self) -> None:
        self.say("")

    def told(self) -> dict[str, float]:
        """Wait for its end: each number and when it was committed."""
        self.process.wait(self.seconds + PATIENCE)
        time.sleep(0.1)
        pairs = [self.lines.get_nowait().split() for _ in range(self.lines.qsize())]
        return {seq: float(at) for seq, at in pairs}


class Pages:
    """So many requests a second, each on a connection of its own, as a proxy makes them."""

    def __init__(self, port: int, path: str, cookie: str, rate: float, hands: int = 16) -> None:
        self.port, self.path, self.cookie, self.rate = port, path, cookie, rate
        self.times: list[float] = []
        self.failed: list[str] = []
        self.ended = threading.Event()
        self.began = time.monotonic()
        self.threads = [threading.Thread(target=self._ask, args=(hand, hands), daemon=True) for hand in range(hands)]
        for thread in self.threads:
            thread.start()

    def _ask(self, hand: int, hands: int) -> None:
        number = hand
        while not self.ended.is_set():
            due = self.began + number / self.rate
            time.sleep(max(0.0, due - time.monotonic()))
            try:
                status = answer(self.port, self.path, self.cookie)
                if status >= 500 or status == 0:
                    self.failed.append(str(status))
            except (OSError, http.client.HTTPException) as error:
                self.failed.append(repr(error))
            self.times.append(time.monotonic() - due)
            number = max(number + hands, int((time.monotonic() - self.began) * self.rate) // hands * hands + hand)

    def end(self) -> tuple[int, list[str], float, float]:
        """How many, which failed, p50 and p99 in ms."""
        self.ended.set()
        for thread in self.threads:
            thread.join(PATIENCE)
        cuts = statistics.quantiles(self.times, n=100)
        return len(self.times), self.failed, cuts[49] * 1000, cuts[98] * 1000


def answer(port: int, path: str, cookie: str) -> int:
    wire = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        wire.request("GET", path, headers={"Cookie": cookie, "Connection": "close"})
        answered = wire.getresponse()
        answered.read()
        return answered.status
    finally:
        wire.close()


def calls() -> int:
    """Statements that the application's role has made so far, BEGIN and COMMIT among them."""
    with connections["default"].cursor() as cursor:
        cursor.execute(CALLS)
        return int(cursor.fetchone()[0])


def ms(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms"
