"""HTTP as uvicorn speaks it, and who comes in at once: pages do, and sockets in turn when many come together."""

import asyncio
from collections import deque

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

TOGETHER = 50  # sockets that may come in within one round
ROUND = 0.25  # seconds; what is left of them belongs to pages
SHARE = 40  # of a longer line a fortieth comes in each time, so that its end does not wait for ever


class Line:
    """Those who want a socket. Nobody waits but where many come."""

    def __init__(self) -> None:
        self.waiting: deque[Threshold] = deque()
        self.entered = 0  # in this round
        self.timer: asyncio.TimerHandle | None = None

    def join(self, one: "Threshold") -> None:
        self.waiting.append(one)
        if self.timer is None:
            self._next_round()
        elif self.entered < TOGETHER:
            self._let_in(1)

    def _next_round(self) -> None:
        self.entered = 0
        self.timer = asyncio.get_running_loop().call_later(ROUND, self._next_round) if self.waiting else None
        self._let_in(max(TOGETHER, len(self.waiting) // SHARE))

    def _let_in(self, most: int) -> None:
        for _ in range(min(most, len(self.waiting))):
            self.entered += 1
            self.waiting.popleft().enter()


line = Line()


class Threshold(HttpToolsProtocol):
    """A handshake costs as much as some pages: a thousand at once would hold up all that come after them."""

    def handle_websocket_upgrade(self) -> None:
        self.transport.pause_reading()
        line.join(self)

    def enter(self) -> None:
        if not self.transport.is_closing():
            self.transport.resume_reading()
            super().handle_websocket_upgrade()
