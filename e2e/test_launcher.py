"""bin/run as a person meets it: started, started twice, stopped, killed, without its servers."""

from __future__ import annotations

import fcntl
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SERVERS = (
    "DATABASE_URL",
    "DATABASE_OWNER_URL",
    "DATABASE_OPS_URL",
    "REDIS_URL",
    "SECRET_KEY",
    "FLOWBOARD_DATA",
    "PORT",
)
PATIENCE = 120  # seconds; a bound, not an expectation


class Launched:
    """One bin/run on a data folder."""

    def __init__(self, data: Path, *words: str, **env: str) -> None:
        self.data, self.log = data, data.with_name(f"{data.name}-{time.monotonic_ns()}.log")
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, ROOT / "bin" / "run", "--no-demo", "--data", data, *words],
                env=outside() | env,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    @property
    def output(self) -> str:
        return self.log.read_text()

    def url(self) -> str:
        """Wait until it is ready."""
        until(lambda: "FlowBoard is ready at" in self.output or self.process.poll() is not None, self)
        found = re.search(r"FlowBoard is ready at (http://127\.0\.0\.1:\d+)", self.output)
        assert found, self.output
        return found[1]

    def ends(self) -> int:
        return self.process.wait(PATIENCE)

    def children(self) -> list[int]:
        pid = self.process.pid
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    def left_nothing(self) -> bool:
        """Every process of a run inherits this lock, so it is free when the last one has ended."""
        with (self.data / "family.lock").open() as family:
            try:
                fcntl.flock(family, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            return True


@pytest.fixture
def launch(tmp_path: Path) -> Iterator[type[Launched]]:
    running: list[Launched] = []

    class Watched(Launched):
        def __init__(self, name: str, *words: str, **env: str) -> None:
            super().__init__(tmp_path / name, *words, **env)
            running.append(self)

    yield Watched
    for one in running:
        if one.process.poll() is None:
            one.process.terminate()
            one.ends()


def test_two_side_by_side_a_second_start_a_kill_and_a_stop(launch: type[Launched]) -> None:
    """One scenario, since each start takes seconds."""
    first, second = launch("first", "--port", "61200"), launch("second", "--port", "61200")
    urls = {first.url(), second.url()}
    assert len(urls) == 2
    assert all(answers(url) for url in urls)
    assert "is taken: using" in first.output + second.output

    again = launch("first")
    assert again.ends() == 1
    assert "already running on" in again.output
    assert first.url() in again.output

    for pid in first.children():
        os.kill(pid, signal.SIGKILL)
    until(lambda: first.output.count("starting it again") >= 4 and answers(first.url()), first)

    first.process.send_signal(signal.SIGTERM)
    assert first.ends() == 0
    assert first.left_nothing()

    second.process.kill()
    second.ends()
    until(second.left_nothing, second)
    recovered = launch("second")
    assert answers(recovered.url())
    recovered.process.send_signal(signal.SIGINT)
    assert recovered.ends() == 0
    assert recovered.left_nothing()


@pytest.mark.parametrize(
    ("env", "says"),
    [
        ({"REDIS_URL": "redis://127.0.0.1:1"}, "Redis cannot be reached at REDIS_URL"),
        (
            {
                "DATABASE_URL": "postgresql://app:hidden@127.0.0.1:1/x",
                "DATABASE_OWNER_URL": "postgresql://127.0.0.1:1/x",
            },
            "PostgreSQL cannot be reached at DATABASE_URL",
        ),
        ({"DATABASE_URL": "postgresql://127.0.0.1:1/x"}, "DATABASE_OWNER_URL is not"),
        ({"PORT": "none"}, "is no port"),
    ],
)
def test_what_is_missing_is_said_in_words(launch: type[Launched], env: dict[str, str], says: str) -> None:
    refused = launch("refused", **env)
    assert refused.ends() != 0
    assert says in refused.output
    assert "Traceback" not in refused.output
    assert "hidden" not in refused.output


def outside() -> dict[str, str]:
    """The environment without what the tests themselves run on."""
    return {name: value for name, value in os.environ.items() if name not in (*SERVERS, "PLAIN_STATIC")}


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/readyz", timeout=30) as response:
            return bool(response.status == 200)
    except OSError:
        return False


def until(true: Callable[[], bool], one: Launched) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, one.output
        time.sleep(0.1)
