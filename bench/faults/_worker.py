"""A worker that is killed again and again: one process of it, or all."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[2]


class Worker:
    """The worker as the Procfile has it, with two processes; `more` is what its environment has besides."""

    def __init__(self, more: Mapping[str, str]) -> None:
        self.env = {**os.environ, "LOG_LEVEL": "ERROR", **more}
        self.process: subprocess.Popen[bytes] | None = None

    def ready(self) -> None:
        """Up, with its processes."""
        if self.process is None or self.process.poll() is not None:
            words = [
                sys.executable,
                "-m",
                "celery",
                "-A",
                "flowboard",
                "worker",
                "--queues",
                "celery,ai",
                "--concurrency",
                "2",
            ]
            quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
            words += ["--loglevel", "ERROR", "--without-gossip", "--without-mingle"]
            self.process = subprocess.Popen(words, cwd=ROOT, env=self.env, start_new_session=True, **quiet)
        until = time.monotonic() + 60
        while time.monotonic() < until and len(self._children()) < 2:
            time.sleep(0.1)

    def _children(self) -> list[psutil.Process]:
        with suppress(psutil.Error):
            return psutil.Process(self.process.pid).children() if self.process else []
        return []

    def kill(self, *, whole: bool) -> None:
        """-9, without a word."""
        children = self._children()
        with suppress(psutil.Error, OSError):
            if whole and self.process:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
            elif children:
                children[0].kill()

    def end(self) -> None:
        self.kill(whole=True)
