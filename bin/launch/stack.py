"""PostgreSQL and Valkey, up for as long as a block runs, or the servers that the environment names."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from launch.child import Child, stop_all
from launch.death import dies_with_parent
from launch.folder import Folder
from launch.install import PYTHON, ROOT
from launch.postgres import Postgres
from launch.reach import check_servers
from launch.say import step
from launch.valkey import Valkey

HERE = Path(__file__).parent
STOPS = (
    signal.SIGINT,
    signal.SIGTERM,
    signal.SIGHUP,
)  # each raises KeyboardInterrupt; a script may have SIGINT ignored
NAMES = ("SECRET_KEY", "DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_OPS_URL", "REDIS_URL", "FLOWBOARD_DATA")


@dataclass
class Stack:
    """The environment for programs, and the servers to watch."""

    folder: Folder
    env: dict[str, str]
    servers: list[Child] = field(default_factory=list)


@contextlib.contextmanager
def stack(data: Path, *, durable: bool = True) -> Iterator[Stack]:
    """Take the data folder, start what is missing, and stop it again."""
    folder = Folder(data)
    folder.take()
    known = folder.secrets()
    up = Stack(folder, {**os.environ, "FLOWBOARD_DATA": str(folder.path)})
    up.env.setdefault("SECRET_KEY", known["SECRET_KEY"])
    for sig in STOPS:
        signal.signal(sig, signal.default_int_handler)
    check_servers(up.env)
    try:
        start_postgres(up, known, durable)
        start_valkey(up, known, durable)
        folder.write_env({name: up.env[name] for name in NAMES if name in up.env})
        yield up
    finally:
        for sig in STOPS:
            signal.signal(sig, signal.SIG_IGN)
        stop_all(up.servers, 3)


@contextlib.contextmanager
def throw_away(*, durable: bool = False) -> Iterator[Stack]:
    """The same in a folder that is removed afterwards; a folder's own disk, not memory, when it shall be durable."""
    folder = Path(tempfile.mkdtemp(prefix="flowboard-", dir="/var/tmp"))
    try:
        with stack(folder, durable=durable) as up:
            yield up
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def start_postgres(up: Stack, known: dict[str, str], durable: bool) -> None:
    if "DATABASE_URL" in up.env:
        return
    with step("PostgreSQL"):
        server = Postgres(
            up.folder.path / "postgres", known["superuser"], durable=durable, inherited=(up.folder.family,)
        )
        up.servers.append(server.start())
        passwords = "".join(f"\\set {role} '{known[role]}'\n" for role in ("owner", "app", "ops"))
        server.sql(f"{passwords}\\i '{HERE / 'roles.sql'}'")
    for role, name in (("app", "DATABASE_URL"), ("owner", "DATABASE_OWNER_URL"), ("ops", "DATABASE_OPS_URL")):
        up.env[name] = server.url(f"flowboard_{role}", known[role])


def start_valkey(up: Stack, known: dict[str, str], durable: bool) -> None:
    if "REDIS_URL" in up.env:
        return
    with step("Valkey"):
        server = Valkey(up.folder.path / "valkey", known["valkey"], durable=durable, inherited=(up.folder.family,))
        up.servers.append(server.start())
    up.env["REDIS_URL"] = server.url


def prepare(up: Stack, *steps: str) -> None:
    """Run launch/prepare.py, which tells its own steps; in its own session, so that Ctrl-C comes to us alone."""
    env = {**up.env, "PYTHONPATH": str(HERE.parent)}
    words = [str(PYTHON), "-m", "launch.prepare", *steps]
    if subprocess.run(words, cwd=ROOT, env=env, start_new_session=True, preexec_fn=dies_with_parent()).returncode:
        raise SystemExit(1)
