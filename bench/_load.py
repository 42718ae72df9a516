"""Servers under a bounded load: latencies seen by the client, CPU and memory of the server's processes."""

import http.client
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

TICK = os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True)
class Server:
    """A running server; `pids` are its working processes."""

    port: int
    process: subprocess.Popen[bytes]

    @property
    def pids(self) -> list[int]:
        found = subprocess.run(
            ["pgrep", "-P", str(self.process.pid)], capture_output=True, text=True, check=False
        ).stdout.split()
        return [int(pid) for pid in found] or [self.process.pid]

    def cpu(self) -> float:
        """Seconds of processor time so far."""
        total = 0
        for pid in self.pids:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            total += int(fields[11]) + int(fields[12])
        return total / TICK

    def memory(self) -> list[float]:
        """Resident MB of each process."""
        return [_resident(pid) for pid in self.pids]


def _resident(pid: int) -> float:
    with open(f"/proc/{pid}/status") as status:
        line = next(line for line in status if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


@contextmanager
def serving(application: str, *, workers: int = 2, settings: str = "flowboard.settings") -> Iterator[Server]:
    """granian with WSGI workers, as the Procfile's web; ends with the block."""
    port = free_port()
    command = [
        sys.executable, "-m", "granian", "--interface", "wsgi", application, "--host", "127.0.0.1", "--port", str(port),
        "--workers", str(workers), "--blocking-threads", "4", "--no-ws", "--log-level", "warning",
    ]  # fmt: skip
    process = subprocess.Popen(command, env={**os.environ, "DJANGO_SETTINGS_MODULE": settings})
    try:
        _wait(port)
        yield Server(port, process)
    finally:
        process.terminate()
        process.wait(20)


def _wait(port: int) -> None:
    for _ in range(300):
        try:
            socket.create_connection(("127.0.0.1", port), 0.2).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("the server did not start")


@dataclass(frozen=True)
class Figures:
    """One measurement; times in ms."""

    name: str
    p50: float
    p95: float
    p99: float
    cpu: float
    rate: float

    def row(self, base: "Figures | None" = None) -> str:
        times = f"{self.cpu / base.cpu:5.1f}×" if base else "      "
        return (
            f"{self.name:34} {self.p50:7.1f} {self.p95:7.1f} {self.p99:7.1f} {self.cpu:9.2f} {times} {self.rate:8.0f}"
        )


HEAD = f"{'':34} {'p50':>7} {'p95':>7} {'p99':>7} {'CPU/req':>9} {'/bare':>6} {'req/s':>8}   (ms; one client)"


def measure(
    server: Server, name: str, ask: Callable[[int], tuple[str, str, Any, dict[str, str]]], *, requests: int = 300
) -> Figures:
    """One client on a kept connection; `ask(n)` gives verb, path, body and headers of the n-th request."""
    wire = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    numbers = count()
    for _ in range(30):
        _once(wire, name, *ask(next(numbers)))
    cpu, began, taken = server.cpu(), time.perf_counter(), []
    for _ in range(requests):
        sent = time.perf_counter()
        _once(wire, name, *ask(next(numbers)))
        taken.append((time.perf_counter() - sent) * 1000)
    whole = time.perf_counter() - began
    cuts = statistics.quantiles(taken, n=100)
    return Figures(
        name, statistics.median(taken), cuts[94], cuts[98], (server.cpu() - cpu) / requests * 1000, requests / whole
    )


def _once(
    wire: http.client.HTTPConnection, name: str, verb: str, path: str, body: Any, headers: dict[str, str]
) -> None:
    wire.request(verb, path, body, headers)
    answer = wire.getresponse()
    text = answer.read()
    if answer.status >= 300:
        raise SystemExit(f"{name}: {answer.status} {text[:300]!r}")
