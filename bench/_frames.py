"""Hostile bytes to /ws/<slug>/: frames, texts in them, and the address and headers of the handshake.

Each on a connection of its own, which must go on living or be closed with a code, within a second; the server may log no fault.
"""

import base64
import json
import os
import socket
import struct
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import IO, Any

from tasks.tests.test_api_bad_input import MALFORMED, VALUES

from ._load import _resident, _wait, free_port

TEXT, BINARY, CLOSE, PING = 1, 2, 8, 9
UNFINISHED = "a frame whose end is never sent"  # for which a server may wait
HERE: dict[str, Any] = {"event": "presence:here", "page": "task", "project": "FLOW", "task": "FLOW-1", "field": "title", "away": False}  # fmt: skip
QUERIES = [b"after=" + one for one in (b"-1", b"1e400", b"9" * 400, b"9223372036854775808", b"%00", b"%ff%fe", b"%ef%bc%99", b"1&after=x", b"x" * 9000, b"1.5")]  # fmt: skip
QUERIES += [b"epoch=%00", b"epoch=%ff", b"after=0&epoch=" + b"e" * 9000, b"&".join(b"a%d=1" % n for n in range(1500)), b"%", b"=&=&=", b"after[]=1", b";after=1", b"%00=1", b"\xff\xfe", b"after=0&epoch=%ed%a0%80"]  # fmt: skip
PATHS = [b"/ws/", b"/ws//", b"/ws/%00/", b"/ws/%ff/", b"/ws/" + b"a" * 5000 + b"/", b"/ws/../../etc/", b"/ws/no-such-place/", b"/ws/\xff/", b"/nowhere/"]  # fmt: skip
HEADERS = [b"Origin: \xff\xfe", b"Origin: null", b"Origin: http://", b"Origin: http://[", b"Origin: http://a:b", b"Authorization: Token \xff", b"Authorization: Token " + b"x" * 9000, b"Authorization: Bearer a.b.c", b"Authorization: Bearer " + b"." * 2000,
    b"Sec-WebSocket-Protocol: flowboard.token.", b"Sec-WebSocket-Protocol: " + b",".join(b"p%d" % n for n in range(900)), b"Sec-WebSocket-Protocol: \xff", b"Sec-WebSocket-Extensions: permessage-deflate; x=" + b"1" * 4000, b"X-Forwarded-For: " + b"1," * 3000, b"Host: \xff", b"Content-Length: 99999999999999999999"]  # fmt: skip


def frame(kind: int, said: bytes = b"", *, last: bool = True, masked: bool = True, length: int | None = None, flags: int = 0) -> bytes:  # fmt: skip
    """One frame, of a length that may be a lie. Its mask is zeros: the bytes stay as they are."""
    size = len(said) if length is None else length
    head = bytes([(0x80 if last else 0) | flags | kind])
    mark = 0x80 if masked else 0
    small = bytes([mark | size]) if size < 126 else bytes([mark | 126]) + struct.pack(">H", size) if size < 65536 else bytes([mark | 127]) + struct.pack(">Q", size)  # fmt: skip
    return head + small + (b"\0\0\0\0" if masked else b"") + said


def texts() -> Iterator[tuple[str, bytes]]:
    """What the one frame that is taken could hold."""
    yield from MALFORMED.items()
    for name in HERE:
        for value in (*VALUES, 2**64, -(2**64), 10**400, "FLOW-" + "9" * 300, "FLOW-999999999", "\x00", "FLOW-1\n"):
            yield f"{name} = {value!r:.30}", json.dumps(HERE | {name: value}).encode()
        for raw in (b"1e400", rb'"\ud800"', rb'"\u0000"', b"[" * 900 + b"]" * 900, b"[" + b"0," * 999_999 + b"0]"):
            said = json.dumps(HERE | {name: "RAW"}).encode().replace(b'"RAW"', raw)
            yield f"{name} = {raw[:20]!r}", said
    yield "5 kB", json.dumps(HERE | {"page": "x" * 5000}).encode()
    yield "64 kB", b" " * 65_536
    yield "2 MB", b"x" * 2_000_000
    yield "unknown event", b'{"event": "task:deleted", "seq": 1}'
    yield "a row of ours", b'[{"event": "head", "seq": 1}]'


def frames() -> Iterator[tuple[str, bytes]]:
    """Name, and all that is sent."""
    for name, said in texts():
        yield f"text: {name}", frame(TEXT, said)
        yield f"binary: {name}", frame(BINARY, said)
        half = len(said) // 2
        yield f"two fragments: {name}", frame(TEXT, said[:half], last=False) + frame(0, said[half:])
    said = json.dumps(HERE).encode()
    yield "byte by byte", frame(TEXT, said[:1], last=False) + b"".join(frame(0, said[n : n + 1], last=n == len(said) - 1) for n in range(1, len(said)))  # fmt: skip
    yield "20,000 empty fragments", frame(TEXT, b"", last=False) + frame(0, b"", last=False) * 20_000
    yield "fragments without an end", frame(TEXT, b"x" * 4000, last=False) + frame(0, b"x" * 4000, last=False) * 100
    yield "a continuation of nothing", frame(0, b"x")
    yield "a second beginning", frame(TEXT, b"x", last=False) + frame(TEXT, b"x")
    yield "unmasked", frame(TEXT, said, masked=False)
    yield "a length of 2^63", frame(TEXT, b"x", length=2**63)
    yield "a length of 2^63 - 1", frame(TEXT, b"x", length=2**63 - 1)
    yield UNFINISHED, frame(TEXT, said, length=5000)
    yield "a close without a reason", frame(CLOSE)
    yield "a close of one byte", frame(CLOSE, b"\x03")
    yield "a close with a code of nobody", frame(CLOSE, struct.pack(">H", 999) + b"\xff")
    yield "a ping of 4 kB", frame(PING, b"x" * 4000)
    yield "300 pings", frame(PING, b"x") * 300
    yield "300 frames", frame(TEXT, b"{}") * 300
    yield "no frame at all", b"GET / HTTP/1.1\r\n\r\n"
    yield "random bytes", bytes(range(256)) * 40
    for kind in (3, 7, 11, 15):
        yield f"opcode {kind}", frame(kind, b"x")
    for flags in (0x10, 0x20, 0x40):
        yield f"reserved bit {flags:#x}", frame(TEXT, said, flags=flags)


@dataclass
class Heard:
    """What came of it all."""

    ends: Counter[str] = field(default_factory=Counter)
    slow: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    memory: float = 0


def attack(slug: str, cookie: str) -> Heard:
    """Everything, one after the other, at a web process of its own; then somebody ordinary comes and is let in."""
    heard = Heard()
    with tempfile.TemporaryFile() as log, process(log) as (port, pid):
        knock = Knock(port, slug, cookie)
        _told(heard, "warm", knock, b"")
        before = _resident(pid)
        for name, sent in frames():
            _told(heard, name, knock, sent)
        for query in QUERIES:
            _told(heard, f"?{query[:30]!r}", knock, b"", path=b"/ws/" + slug.encode() + b"/?" + query)
        for path in PATHS:
            _told(heard, f"{path[:30]!r}", knock, b"", path=path)
        for line in HEADERS:
            _told(heard, f"{line[:40]!r}", knock, b"", more=line + b"\r\n")
        if (end := knock.ask(b"")) != "open":
            heard.faults.append(f"an ordinary socket afterwards: {end}")
        heard.memory = _resident(pid) - before
        log.seek(0)
        heard.faults += [line for line in log.read().decode(errors="replace").splitlines() if "Traceback" in line or "ERROR" in line]  # fmt: skip
    return heard


@contextmanager
def process(log: IO[bytes]) -> Iterator[tuple[int, int]]:
    """A process as bin/run serves from; its port and pid."""
    port = free_port()
    command = [sys.executable, "-m", "realtime.server", "127.0.0.1", str(port)]
    running = subprocess.Popen(command, env=dict(os.environ), stderr=log, stdout=log)
    try:
        _wait(port)
        yield port, running.pid
    finally:
        running.terminate()
        running.wait(30)


def _told(heard: Heard, name: str, knock: "Knock", sent: bytes, **how: bytes) -> None:
    began = time.perf_counter()
    end = knock.ask(sent, **how)
    taken = time.perf_counter() - began
    heard.ends[end] += 1
    if (end == "silence" and name != UNFINISHED) or end == "close 1011" or end.startswith("HTTP 5"):
        heard.faults.append(f"{end}: {name}")
    if taken > 1 and name != UNFINISHED:
        heard.slow.append(f"{taken:.1f} s {name}")


@dataclass(frozen=True)
class Knock:
    """Somebody signed in, who speaks the protocol by hand."""

    port: int
    slug: str
    cookie: str

    def ask(self, sent: bytes, *, path: bytes = b"", more: bytes = b"") -> str:
        """How it ended: "open" when it still answers a ping, "close CODE", "hung up", or the status of the handshake."""
        with socket.create_connection(("127.0.0.1", self.port), 5) as wire:
            key = base64.b64encode(os.urandom(16))
            wire.sendall(b"GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                b"Sec-WebSocket-Key: %s\r\nCookie: %s\r\n%s\r\n" % (path or b"/ws/%s/" % self.slug.encode(), self.port, key, self.cookie.encode(), more))  # fmt: skip
            reader = wire.makefile("rb")
            try:
                return self._talk(wire, reader, sent)
            except TimeoutError:
                return "silence"
            except ConnectionError:
                return "hung up"

    def _talk(self, wire: socket.socket, reader: IO[bytes], sent: bytes) -> str:
        status = reader.readline().decode("latin-1")[9:12]
        while reader.readline() not in (b"\r\n", b""):
            pass
        if status != "101":
            return f"HTTP {status}"
        with suppress(ConnectionError):  # what was answered before the server hung up is read all the same
            wire.sendall(sent + frame(PING, b"there"))
        if (end := _outcome(reader)) == "open":  # what closes it may be said after the pong: ask again
            with suppress(ConnectionError):
                wire.sendall(frame(PING, b"there"))
            end = _outcome(reader)
        return end


def _outcome(reader: IO[bytes]) -> str:
    while head := reader.read(2):
        size = head[1] & 0x7F
        if size > 125:
            size = int.from_bytes(reader.read(2 if size == 126 else 8))
        said = reader.read(size)
        if head[0] & 0x0F == CLOSE:
            return f"close {int.from_bytes(said[:2])}" if said else "close"
        if head[0] & 0x0F == 10 and said == b"there":
            return "open"
    return "hung up"
