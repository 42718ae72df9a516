"""The system under test: servers and programs as bin/run starts them, each of which can be killed, frozen and started again."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from launch.child import Child, stop_all
from launch.folder import soon
from launch.ports import port_of
from launch.programs import GRACE, address, described, web_sockets
from launch.run import readiness
from launch.stack import NAMES, Stack, prepare, stack, throw_away
from launch.valkey import Valkey

PATIENCE = 90.0  # seconds for what must come back


@dataclass
class System:
    """Main thread only: the kernel ends children with the thread that started them."""

    up: Stack
    port: int
    webs: list[Child]
    worker: Child
    beat: Child
    away: list[tuple[float, float]] = field(default_factory=list)  # when PostgreSQL was not there

    @property
    def postgres(self) -> Child:
        return self.up.servers[0]

    @property
    def redis(self) -> Child:
        return self.up.servers[1]

    @property
    def log(self) -> Path:
        return self.up.folder.path / "programs.log"

    def kill(self, child: Child, how: signal.Signals = signal.SIGKILL) -> None:
        """Of the one process that has this number; what it had started is swept up with `again`."""
        assert child.process is not None
        child.process.send_signal(how)
        child.process.wait(PATIENCE)

    def again(self, child: Child) -> None:
        child.sweep()
        child.start()

    def send(self, child: Child, what: signal.Signals) -> None:
        assert child.process is not None
        child.process.send_signal(what)

    def restart_web(self, web: Child, pause: float = 0.5) -> None:
        self.kill(web)
        time.sleep(pause)
        self.again(web)

    def restart_redis(self, pause: float = 0.5) -> None:
        self.kill(self.redis)
        time.sleep(pause)
        self.again(self.redis)
        self.until(self.redis_answers, "Redis")

    def restart_postgres(self, pause: float = 0.5, how: signal.Signals = signal.SIGQUIT) -> None:
        """SIGQUIT is what `pg_ctl stop -m immediate` sends: no checkpoint, recovery at the start."""
        began = time.monotonic()
        self.kill(self.postgres, how)
        time.sleep(pause)
        self.again(self.postgres)
        self.until(self.postgres_answers, "PostgreSQL")
        self.away.append((began, time.monotonic()))

    def postgres_answers(self) -> bool:
        """A server that was killed leaves processes behind that hold its memory for a moment: then it is tried again."""
        if not self.postgres.alive:
            self.again(self.postgres)
        try:
            psycopg.connect(self.up.env["DATABASE_OPS_URL"], connect_timeout=2).close()
        except psycopg.Error:
            return False
        return True

    def redis_answers(self) -> bool:
        password, port = re.findall(r":([^:@]*)@[^:]*:(\d+)", self.up.env["REDIS_URL"])[0]
        server = Valkey(self.up.folder.path / "valkey", password, durable=True, inherited=())
        server.place = self.redis.place
        return int(port) == server.port and server.answers()

    def until(self, true: Callable[[], bool], what: str) -> None:
        if not soon(true, PATIENCE):
            raise SystemExit(f"{what} does not come back:\n{self.log.read_text(errors='replace')[-2000:]}")

    def repair(self) -> None:
        """Whatever was left dead or frozen is up again."""
        for child in (self.postgres, self.redis, *self.webs, self.worker, self.beat):
            if child.alive:
                self.send(child, signal.SIGCONT)
            else:
                self.again(child)
        self.until(lambda: readiness(self.port) == "", "the web")

    def superuser(self) -> psycopg.Connection:
        """Sees and may everything."""
        url = re.sub(
            r"//[^@]*@", f"//postgres:{self.up.folder.secrets()['superuser']}@", self.up.env["DATABASE_OPS_URL"]
        )
        return psycopg.connect(url, autocommit=True)

    def faults_in_log(self) -> list[str]:
        """What the programs themselves called an error; that a 503 was answered stands in the table."""
        lines = self.log.read_text(errors="replace").splitlines() if self.log.exists() else []
        return [line for line in lines if " ERROR " in line and "Service Unavailable" not in line]


@contextlib.contextmanager
def system(settings: Mapping[str, str]) -> Iterator[System]:
    """Two web processes, worker and beat on fresh durable servers; nothing is left of them."""
    kept = [os.environ.pop(name, None) for name in NAMES][-1]
    with stack(Path(kept)) if kept else throw_away(durable=True) as up, web_sockets(None, 2) as sockets:
        up.env |= settings
        prepare(up, "migrate")
        port = port_of(sockets[0])
        up.env["SITE_URL"] = address(port)
        *webs, worker, beat = described(up, sockets)
        made = System(up, port, webs, worker, beat)
        running = [*webs, worker, beat]
        made.log.unlink(missing_ok=True)
        try:
            for child in running:
                child.log = made.log
                child.start()
            made.until(lambda: readiness(port) == "", "the web")
            yield made
        finally:
            stop_all(running, GRACE)
