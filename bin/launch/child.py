"""A process that is ours: started with our death tied to its own, watched, stopped."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from launch.death import dies_with_parent
from launch.ports import Reserved
from launch.say import say

LONG_ENOUGH = 60.0  # seconds after which a process has proved itself and its back-off starts anew
LONGEST_PAUSE = 10.0


@dataclass
class Child:
    """One program; `log` takes its output, or it is printed with the program's name before each line."""

    name: str
    argv: Sequence[str | Path]
    env: Mapping[str, str]
    cwd: Path
    log: Path | None = None
    inherited: tuple[int, ...] = ()
    user: Mapping[str, object] = field(default_factory=dict)
    stop_signal: signal.Signals = signal.SIGTERM
    orphan_signal: signal.Signals | None = None
    place: Reserved | None = None  # kept as long as we may start it again
    process: subprocess.Popen[bytes] | None = None
    began: float = 0.0
    again_at: float | None = None
    failures: int = 0

    def start(self) -> None:
        self.began, self.again_at = time.monotonic(), None
        with contextlib.ExitStack() as open_files:
            output = open_files.enter_context(self.log.open("ab")) if self.log else subprocess.PIPE
            self.process = subprocess.Popen(  # type: ignore[call-overload]
                [str(word) for word in self.argv],
                cwd=self.cwd,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                pass_fds=self.inherited,
                start_new_session=True,
                preexec_fn=dies_with_parent(self.orphan_signal or self.stop_signal),
                **self.user,
            )
        if self.process and self.process.stdout:
            threading.Thread(target=self.copy, args=(self.process.stdout,), daemon=True).start()

    def copy(self, output: IO[bytes]) -> None:
        for line in output:
            if text := line.decode(errors="replace").rstrip():
                say(f"{self.name:9} | {text}")

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    @property
    def code(self) -> int | None:
        return self.process.poll() if self.process else None

    def revive(self) -> None:
        """Start it again if it has ended, later each time."""
        if self.alive:
            return
        now = time.monotonic()
        if self.again_at is None:
            self.failures = 1 if now - self.began > LONG_ENOUGH else self.failures + 1
            pause = 0.0 if self.failures == 1 else min(LONGEST_PAUSE, 2.0 ** (self.failures - 2))
            self.again_at = now + pause
            say(f"{self.name} ended ({ending(self.code)}); starting it again{f' in {pause:.0f} s' if pause else ''}.")
            self.sweep()
        if now >= self.again_at:
            self.start()

    def ask_to_stop(self) -> None:
        if self.process and self.alive:
            self.process.send_signal(self.stop_signal)

    def wait(self, deadline: float) -> None:
        """Until it has ended or the deadline has; then nothing of it is left."""
        if not self.process:
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(max(0.0, deadline - time.monotonic()))
        self.sweep()
        self.process.wait()

    def sweep(self) -> None:
        """Kill the program and whatever it started: the group is its own."""
        if self.process:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)


def stop_all(children: Sequence[Child], seconds: float) -> None:
    for child in children:
        child.ask_to_stop()
    deadline = time.monotonic() + seconds
    for child in children:
        child.wait(deadline)


def ending(code: int | None) -> str:
    if code is not None and code < 0:
        with contextlib.suppress(ValueError):
            return signal.Signals(-code).name
    return f"code {code}"
