"""Hostile input to every write operation of a running server, and to its socket: answers, times and memory.

For each operation: bodies that are no JSON or no JSON of ours, values that fit nowhere, bodies beyond the limit, chunked ones without
an end in sight. First each operation is used as it is meant, which loads what a process loads once; then all of it, round after
round, which shows what stays behind. Bounds (CHECKS.md 32): no 5xx, each within a second, at most 50 MB more memory.
"""

import argparse
import gzip
import http.client
import json
import socket
import sys
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from itertools import pairwise
from typing import Any

from . import _board  # first: it sets Django up

# isort: split

from django.conf import settings

from tasks.tests.operations import Operation, operations, world
from tasks.tests.test_api_bad_input import MALFORMED, OTHER_TYPES, UPLOADS, VALUES

from . import _frames
from ._load import Server, serving
from .web import session

JSON = "application/json"
QUERIES = ["x=" + "a" * 9000, "&".join(f"a{n}=1" for n in range(2000)), "limit=1e400", "limit=99999999999999999999", "cursor=%00", "q=%ff%fe", "%00=1", "ordering[]=x", "limit=1&limit=2"]  # fmt: skip
HEADERS: list[dict[str, str]] = [{"X-Long": "x" * 30_000}, {"Accept": "a/" * 5000}, {"Accept-Language": "x," * 5000}, {"Cookie": "a=" + "b" * 8000}, {"If-Match": '"' * 4000}, {"Idempotency-Key": "k" * 300}, {"Content-Encoding": "gzip"}, {"Range": "bytes=0-" + "9" * 400}, {"X-Forwarded-For": "1," * 3000}]  # fmt: skip


def bodies() -> Iterator[tuple[str, str, bytes]]:
    """Name, content type, body."""
    yield from ((name, JSON, body) for name, body in MALFORMED.items())
    yield from ((name, kind, body) for name, (kind, body) in (OTHER_TYPES | UPLOADS).items())
    yield "2 MB", JSON, b'{"a": "' + b"x" * 2_000_000 + b'"}'
    yield "a gzip bomb", JSON, gzip.compress(b"[" + b"0," * 5_000_000 + b"0]")
    yield "the same field twice", JSON, b'{"title": "a", "title": "b", "name": "a", "name": "b"}'
    yield "300 parts", "multipart/form-data; boundary=a", b"".join(b'--a\r\nContent-Disposition: form-data; name="f%d"\r\n\r\nx\r\n' % n for n in range(300)) + b"--a--\r\n"  # fmt: skip
    yield "a part's endless header", "multipart/form-data; boundary=a", b"--a\r\nContent-Disposition: " + b"x" * 500_000 + b"\r\n\r\n--a--\r\n"  # fmt: skip


class Asked:
    """What came of it all."""

    def __init__(self, server: Server, token: str) -> None:
        self.server, self.token = server, token
        self.statuses: Counter[int] = Counter()
        self.slow: list[str] = []
        self.faults: list[str] = []

    def ask(self, told: str, verb: str, path: str, body: Any, headers: dict[str, str]) -> None:
        began = time.perf_counter()
        wire = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=20)
        try:
            wire.request(verb, path, body, {"Authorization": f"Token {self.token}", **headers}, encode_chunked=not isinstance(body, bytes | None))  # fmt: skip
            status = wire.getresponse().status
        except (OSError, http.client.HTTPException):
            status = 0  # the server hung up on what it would not read
        finally:
            wire.close()
        taken = time.perf_counter() - began
        self.statuses[status] += 1
        if status >= 500:
            self.faults.append(f"{status} {told}")
        if taken > 1:
            self.slow.append(f"{taken:.1f} s {told}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--operations", type=int, default=0, help="only so many of them")
    parser.add_argument("--frames", action="store_true", help="only the socket")
    parser.add_argument("--rounds", type=int, default=3, help="how often it is all played")
    options = parser.parse_args()
    settings.ALLOWED_HOSTS.append("testserver")  # the world is made by a test client
    by = _board.workspace(f"hostile-{uuid.uuid4().hex[:6]}")
    ids = world(by, "FLOW", "words")
    token = _board.token(by)
    writes = [one for one in operations() if one.verb in ("post", "patch", "put") and "/auth/" not in one.path]
    writes = writes[: options.operations or None]
    heard = _frames.attack(by.workspace.slug, session(by))
    _report_frames(heard)
    if options.frames:
        raise SystemExit(bool(heard.faults))
    with serving("flowboard.wsgi:application") as server:
        asked = Asked(server, token)
        for _ in server.pids * 4:
            Asked(server, token).ask("first", "GET", f"/api/v1/workspaces/{by.workspace.slug}/", None, {})
        memory = [sum(server.memory())]
        for operation in writes:
            _ordinary(asked, operation, ids)
        memory.append(sum(server.memory()))
        for _ in range(options.rounds):
            for operation in writes:
                _operation(asked, operation, ids)
            _addresses(asked, by.workspace.slug)
            memory.append(sum(server.memory()))
        _report(asked, len(writes), memory)
    if asked.faults or heard.faults:
        raise SystemExit(1)


def _ordinary(asked: Asked, operation: Operation, ids: dict[str, str]) -> None:
    """What the operation is made for: what a worker holds after that is no fruit of an attack."""
    body = json.dumps(operation.sample(ids) or {}).encode()
    for _ in range(8):
        asked.ask(
            f"{operation.name}: ordinary", operation.verb.upper(), operation.url(ids), body, {"Content-Type": JSON}
        )


def _operation(asked: Asked, operation: Operation, ids: dict[str, str]) -> None:
    url, verb = operation.url(ids), operation.verb.upper()
    for name, kind, body in bodies():
        asked.ask(f"{operation.name}: {name}", verb, url, body, {"Content-Type": kind})
    for field in operation.properties():
        for value in VALUES:
            body = json.dumps((operation.sample(ids) or {}) | {field: value}).encode()
            asked.ask(f"{operation.name}: {field} = {value!r:.40}", verb, url, body, {"Content-Type": JSON})
    chunks = (b" " * 65_536 for _ in range(64))
    asked.ask(f"{operation.name}: chunked, 4 MB", verb, url, chunks, {"Content-Type": JSON})


def _addresses(asked: Asked, slug: str) -> None:
    for path in ("projects/", "projects/FLOW/tasks/", "search", "changes/", "events"):
        for query in QUERIES:
            asked.ask(f"{path}?{query[:30]}", "GET", f"/api/v1/workspaces/{slug}/{path}?{query}", None, {})
        for headers in HEADERS:
            asked.ask(f"{path} {next(iter(headers))}", "GET", f"/api/v1/workspaces/{slug}/{path}", None, headers)
    for raw in (b"GET / HTTP/9.9\r\n\r\n", b"\x00" * 100, b"GET /" + b"a" * 100_000, b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n"):  # fmt: skip
        with socket.create_connection(("127.0.0.1", asked.server.port), 5) as wire:
            answer = b""
            with suppress(OSError):  # the server has hung up before it was all sent
                wire.sendall(raw)
                wire.shutdown(socket.SHUT_WR)
                answer = wire.recv(100)
            if answer.startswith(b"HTTP/1.1 5"):
                asked.faults.append(f"{raw[:20]!r}: {answer!r}")


def _report(asked: Asked, count: int, memory: list[float]) -> None:
    total = sum(asked.statuses.values())
    print(f"{total:,} requests to {count} write operations and 5 lists: {dict(sorted(asked.statuses.items()))}")
    ordinary, *rounds = (after - before for before, after in pairwise(memory))
    print(f"5xx: {len(asked.faults)}; slower than a second: {len(asked.slow)}")
    print(
        f"memory of the workers: {memory[0]:.0f} MB at first, {ordinary:+.0f} MB by ordinary requests, "
        f"then round by round {', '.join(f'{more:+.0f} MB' for more in rounds)}"
    )
    for line in (*asked.faults[:20], *asked.slow[:20]):
        print("  ", line)


def _report_frames(heard: _frames.Heard) -> None:
    print(f"{sum(heard.ends.values()):,} hostile sockets: {dict(heard.ends.most_common())}")
    print(f"faults: {len(heard.faults)}; slower than a second: {len(heard.slow)}; memory of the process: {heard.memory:+.0f} MB")  # fmt: skip
    for line in (*heard.faults[:20], *heard.slow[:20]):
        print("  ", line)
    sys.stdout.flush()


if __name__ == "__main__":
    main()
