"""The data folder: its secrets, its file of addresses, and who is using it."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import secrets
import shlex
import signal
import time
from collections.abc import Callable
from pathlib import Path

from launch.install import ROOT
from launch.say import Failure, step

SECRETS = ("SECRET_KEY", "superuser", "owner", "app", "ops", "valkey")
PATIENCE = 15.0  # seconds in which the processes of a killed run end by themselves


class Folder:
    """Two locks say who lives: one is the launcher's alone, the other is inherited by all its children."""

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()
        self.make()
        self.launcher = self.open("launcher.lock")
        self.family = self.open("family.lock")

    def make(self) -> None:
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise Failure(
                f"The data folder {self.path} cannot be made ({error.strerror}): give another with --data."
            ) from error

    def open(self, name: str) -> int:
        try:
            return os.open(self.path / name, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise Failure(
                f"The data folder {self.path} cannot be used ({error.strerror}): give another with --data."
            ) from error

    def take(self) -> None:
        """Make it ours, after what a killed launcher left has ended."""
        if not lock(self.launcher):
            raise Failure(f"FlowBoard is already running on {self.path}{self.announced()}.")
        if not lock(self.family):
            with step("Waiting for the processes of the last run to end"):
                self.outlive_the_last_run()

    def outlive_the_last_run(self) -> None:
        if soon(lambda: lock(self.family), PATIENCE):
            return
        for pid in holders(self.path / "family.lock"):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        if not soon(lambda: lock(self.family), PATIENCE):
            raise Failure(
                f"Processes of an earlier run still use {self.path}: end them, or give another folder with --data."
            )

    def announce(self, url: str) -> None:
        """What a second start shall say."""
        os.ftruncate(self.launcher, 0)
        os.pwrite(self.launcher, f" at {url} (process {os.getpid()})".encode(), 0)

    def announced(self) -> str:
        return os.pread(self.launcher, 200, 0).decode(errors="replace")

    def secrets(self) -> dict[str, str]:
        """Made once, kept beside the data they protect."""
        file = self.path / "secrets.json"
        known: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}
        if missing := [name for name in SECRETS if name not in known]:
            known |= {name: secrets.token_urlsafe(50 if name == "SECRET_KEY" else 24) for name in missing}
            write_private(file, json.dumps(known, indent=1))
        return known

    def write_env(self, env: dict[str, str]) -> None:
        """Lines that a shell and bin/manage can read."""
        write_private(env_file(self.path), "".join(f"{key}={shlex.quote(env[key])}\n" for key in env))


def env_file(data: Path) -> Path:
    return data / "env"


def read_env(data: Path) -> dict[str, str]:
    lines = shlex.split(env_file(data).read_text(), comments=True)
    return dict(line.split("=", 1) for line in lines)


def default_data() -> Path:
    return Path(os.environ.get("FLOWBOARD_DATA") or ROOT / ".data")


def write_private(file: Path, text: str) -> None:
    """Whole or not at all, and for our eyes only."""
    new = file.with_name(f"{file.name}.new")
    new.unlink(missing_ok=True)
    with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        out.write(text)
    new.replace(file)


def lock(fd: int) -> bool:
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def soon(true: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def holders(file: Path) -> list[int]:
    """The processes that have this file open, as far as /proc tells (nowhere but on Linux)."""
    wanted = file.stat()
    found = {int(fd.parent.parent.name) for fd in Path("/proc").glob("[0-9]*/fd/*") if is_same(fd, wanted)}
    return sorted(found - {os.getpid()})


def is_same(fd: Path, wanted: os.stat_result) -> bool:
    try:
        return os.path.samestat(fd.stat(), wanted)
    except OSError:  # closed meanwhile, or not ours to see
        return False
