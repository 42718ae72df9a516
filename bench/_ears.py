"""A thousand browsers in one process: raw WebSocket clients that keep the rule of docs/realtime.md and cost little.

python -m bench._ears: one JSON command a line comes in, one JSON answer a line goes out. Frames are not decoded, only their
numbers are read, so that on two cores the servers are measured and not this process.
"""

import asyncio
import json
import os
import random
import re
import struct
import sys
import time
from array import array
from typing import Any

import uvloop

SEQ = re.compile(rb'"seq":(\d+)')
HEAD, RESYNC = b'{"event":"head"', b'{"event":"resync"'
PONG, CLOSE, TEXT, PING = 0x8A, 0x88, 0x81, 0x89
REQUEST = (
    "GET {path} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nCookie: {cookie}\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
)


class Ear(asyncio.Protocol):
    """One client: the last number it has, and when each came."""

    def __init__(self, all_of: "Ears", cookie: str) -> None:
        self.all, self.cookie = all_of, cookie
        self.transport: asyncio.Transport | None = None
        self.buffer, self.shaken = b"", False
        self.last = -1  # of the stream; unknown before the first frame
        self.heard = array("d")
        self.placed_at = self.lost_at = 0.0
        self.tries = self.frames = self.doubled = self.missing = self.resyncs = 0
        self.code = 0

    def connection_made(self, transport: Any) -> None:
        self.transport, self.buffer, self.shaken, self.code = transport, b"", False, 0
        after = "" if self.last < 0 else f"?after={self.last}"
        words = REQUEST.format(path=self.all.path + after, host=self.all.host, cookie=self.cookie)
        transport.write(words.encode())

    def data_received(self, data: bytes) -> None:
        if self.all.counting:
            self.all.counted += data.count(b'"seq":')
            return
        buffer = self.buffer + data if self.buffer else data
        if not self.shaken:
            head, found, buffer = buffer.partition(b"\r\n\r\n")
            if not found:
                self.buffer = head
                return
            self.shaken = head.startswith(b"HTTP/1.1 101")
        self.buffer = self._frames(buffer)

    def _frames(self, buffer: bytes) -> bytes:
        """Take what is whole; what is left."""
        at, now = 0, time.monotonic()
        while len(buffer) - at >= 2:
            size, start = buffer[at + 1], at + 2
            if size == 126:
                if len(buffer) < at + 4:
                    break
                size, start = struct.unpack_from("!H", buffer, at + 2)[0], at + 4
            elif size == 127:
                if len(buffer) < at + 10:
                    break
                size, start = struct.unpack_from("!Q", buffer, at + 2)[0], at + 10
            if len(buffer) < start + size:
                break
            self._frame(buffer[at], buffer[start : start + size], now)
            at = start + size
        return buffer[at:]

    def _frame(self, kind: int, body: bytes, now: float) -> None:
        if kind == TEXT:
            self._text(body, now)
        elif kind == PING and self.transport:
            self.transport.write(bytes([PONG, 0x80 | len(body), 0, 0, 0, 0]) + body)
        elif kind == CLOSE and self.transport:
            self.code = struct.unpack("!H", body[:2])[0] if len(body) > 1 else 1005
            self.transport.write(bytes([CLOSE, 0x80, 0, 0, 0, 0]))
            self.transport.close()

    def _text(self, body: bytes, now: float) -> None:
        if not self.placed_at:
            self.placed_at, self.tries = now, 0
        if body.startswith((HEAD, RESYNC)):
            seq = int(SEQ.search(body)[1])  # type: ignore[index]  (both carry one)
            self.resyncs += body.startswith(RESYNC)
            self.last = max(self.last, seq)
            return
        self.frames += 1
        for found in SEQ.finditer(body):
            self._row(int(found[1]), now)

    def _row(self, seq: int, now: float) -> None:
        if self.last >= 0 and seq <= self.last:
            self.doubled += 1
            return
        if self.last >= 0:
            self.missing += seq - self.last - 1
        self.last = seq
        if seq >= self.all.base:
            gap = seq - self.all.base - len(self.heard)
            self.heard.extend([0.0] * gap)
            self.heard.append(now)

    def connection_lost(self, error: Exception | None) -> None:
        self.transport, self.placed_at, self.lost_at = None, 0.0, time.monotonic()
        self.all.codes[self.code] = self.all.codes.get(self.code, 0) + 1
        if self.all.returning:
            pause = min(30, 0.5 * 2**self.tries) * random.uniform(0.5, 1.5)  # as static/js/live.js
            self.tries += 1
            asyncio.get_running_loop().call_later(pause, lambda: asyncio.ensure_future(self.all.connect(self)))


class Ears:
    """All of them, and the commands."""

    def __init__(self) -> None:
        self.ears: list[Ear] = []
        self.codes: dict[int, int] = {}
        self.returning = self.counting = False
        self.host = self.path = ""
        self.base = sys.maxsize
        self.counted = 0

    async def connect(self, ear: Ear) -> None:
        host, port = self.host.split(":")
        try:
            await asyncio.get_running_loop().create_connection(lambda: ear, host, int(port))
        except OSError:
            ear.connection_lost(None)

    async def open(self, host: str, path: str, cookies: list[str], count: int, at_once: int = 100) -> dict[str, Any]:
        """So many more, `at_once` under way at a time; until each has been placed."""
        self.host, self.path, began = host, path, time.monotonic()
        fresh = [Ear(self, cookies[number % len(cookies)]) for number in range(count)]
        self.ears += fresh
        for start in range(0, count, at_once):
            some = fresh[start : start + at_once]
            await asyncio.gather(*(self.connect(ear) for ear in some))
            await self.placed(60, some)
        return self._placed(began)

    async def placed(self, seconds: float, some: list[Ear] | None = None) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and not all(ear.placed_at for ear in some or self.ears):
            await asyncio.sleep(0.02)

    def _placed(self, began: float) -> dict[str, Any]:
        times = sorted(ear.placed_at - began for ear in self.ears if ear.placed_at)
        last = times[-1] if times else 0.0
        return {"placed": len(times), "of": len(self.ears), "seconds": last, "codes": self.codes}

    async def begin(self, base: int) -> dict[str, Any]:
        """From this number on times are kept."""
        self.base, self.codes = base, {}
        for ear in self.ears:
            ear.heard = array("d")
            ear.frames = ear.doubled = ear.missing = ear.resyncs = 0
        return {}

    async def upto(self, seq: int, seconds: float = 10) -> dict[str, Any]:
        """Wait until all have this number."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and not all(ear.last >= seq for ear in self.ears):
            await asyncio.sleep(0.05)
        return {"behind": sum(ear.last < seq for ear in self.ears)}

    async def report(self, told: dict[str, float]) -> dict[str, Any]:
        """Commit to receipt, and what is not there."""
        delays, missing = array("d"), 0
        for ear in self.ears:
            for seq, at in told.items():
                place = int(seq) - self.base
                if 0 <= place < len(ear.heard) and ear.heard[place]:
                    delays.append(ear.heard[place] - at)
                else:
                    missing += 1
        ordered = sorted(delays) or [0.0]
        cut = {
            name: ordered[int((len(ordered) - 1) * part)]
            for name, part in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99), ("max", 1))
        }
        sums = {name: sum(getattr(ear, name) for ear in self.ears) for name in ("frames", "doubled", "resyncs")}
        gaps = sum(ear.missing for ear in self.ears)
        return {"deliveries": len(delays), "missing": missing, "gaps": gaps, "codes": self.codes, **cut, **sums}

    async def storm(self, seconds: float) -> dict[str, Any]:
        """All lines are cut and all come back in the same moment, each from its own place; who is sent away tries again."""
        for ear in self.ears:
            if ear.transport:
                ear.transport.abort()
        await asyncio.sleep(1)
        self.codes, self.returning, began = {}, True, time.monotonic()
        await asyncio.gather(*(self.connect(ear) for ear in self.ears))
        await self.placed(seconds)
        self.returning = False
        return self._placed(began)

    async def keep(self, on: bool) -> dict[str, Any]:
        """Whether whoever is cut off comes back by itself, after the pause that a browser makes."""
        self.returning = on
        return {}

    async def watch(self, seconds: float, calm: float = 0) -> dict[str, Any]:
        """How long the longest that was cut off was away; with `calm` it ends so long after all are back."""
        began = back = now = time.monotonic()
        away, lost = 0.0, {}  # type: ignore[var-annotated]
        while now < began + seconds and not (away and calm and now > back + calm):
            for number, ear in enumerate(self.ears):
                if not ear.placed_at:
                    lost.setdefault(number, ear.lost_at or now)
                elif number in lost:
                    away = max(away, ear.placed_at - lost.pop(number))
            back = now if lost else back
            await asyncio.sleep(0.05)
            now = time.monotonic()
        here = sum(bool(ear.placed_at) for ear in self.ears)
        return {"here": here, "of": len(self.ears), "away": away, "codes": self.codes}

    async def count(self, seconds: float) -> dict[str, Any]:
        """Numbers that come in a stretch of time, by sight."""
        self.counting, self.counted, began = True, 0, time.monotonic()
        await asyncio.sleep(seconds)
        counted, took = self.counted, time.monotonic() - began
        return {"counted": counted, "a_second": counted / took}

    async def close(self) -> dict[str, Any]:
        self.returning = False
        for ear in self.ears:
            if ear.transport:
                ear.transport.abort()
        self.ears, self.counting, self.codes = [], False, {}
        await asyncio.sleep(0.2)
        return {}


async def obey() -> None:
    ears, loop = Ears(), asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        command = json.loads(line)
        answer = await getattr(ears, command.pop("do"))(**command)
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    try:
        uvloop.run(obey())
    finally:
        os._exit(0)
