"""HTTP as uvicorn speaks it, and who comes in at once: pages do, and sockets in turn when many come together."""

import asyncio
from collections import deque

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

TOGETHER = 50  # sockets that are let in at once
PAUSE = 0.25  # seconds between two such groups, which pages have for themselves
SHARE = 40  # of a longer line a fortieth comes in each time, so that its end does not wait for ever


class Line:
    """Those who want a socket. Who comes alone comes in at once."""

    def __init__(self) -> None:
        self.waiting: deque[Threshold] = deque()
        self.pausing = False

    def join(self, one: "Threshold") -> None:
        self.waiting.append(one)
        if not self.pausing:
            self._let_in()

    def _let_in(self) -> None:
        self.pausing = bool(self.waiting)
        if self.pausing:
            asyncio.get_running_loop().call_later(PAUSE, self._let_in)
        for _ in range(min(len(self.waiting), max(TOGETHER, len(self.waiting) // SHARE))):
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
