"""Redis may be away, or frozen, at any time: one wait for it spares all others theirs."""

import logging
import threading
import time

PAUSE = 2.0  # seconds without asking it again after a failure


class Breaker:
    """After a failure nobody asks for two seconds; then one asks, and the others wait for what it finds."""

    def __init__(self, log: logging.Logger, *, away: str, back: str) -> None:
        self.log, self.words_away, self.words_back = log, away, back
        self.closed_until, self.out, self._asking = 0.0, False, threading.Lock()

    def may_ask(self) -> bool:
        """Whoever gets True must say `worked` or `failed`."""
        if not self.out:
            return True
        return time.monotonic() >= self.closed_until and self._asking.acquire(blocking=False)

    def worked(self) -> None:
        if self.out:
            self.out = False
            self._asked()
            self.log.warning(self.words_back)

    def failed(self, error: Exception) -> None:
        """Said once an outage, and not for each request of it."""
        if not self.out:
            self.log.warning("%s: %s", self.words_away, error)
        self.out, self.closed_until = True, time.monotonic() + PAUSE
        self._asked()

    def _asked(self) -> None:
        if self._asking.locked():
            self._asking.release()


# What is told after a commit, by the doorbell and by the queue: a request waits for one of them at most.
telling = Breaker(
    logging.getLogger(__name__),
    away="Redis is away: the head check finds what the doorbell does not ring, sweeps find what the queue does not take",
    back="Redis is back: the doorbell rings and the queue takes jobs again",
)
