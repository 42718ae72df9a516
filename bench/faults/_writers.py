"""People who write: over REST, each write with a key of its own, tried again under the same key until it is answered."""

import http.client
import itertools
import json
import secrets
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

PATIENCE = 10.0  # seconds that one try has
GIVES_UP = 90.0  # seconds after which a write counts as lost
COLUMNS = ("Backlog", "To do", "In progress", "Done")


@dataclass
class Ledger:
    """What the writers were told. Lists and dictionaries take one entry at a time: threads need no lock here."""

    acked: dict[str, float] = field(default_factory=dict)  # FLOW-1@3: the task and its version, and when
    titles: set[str] = field(default_factory=set)
    took: list[tuple[float, float]] = field(
        default_factory=list
    )  # when it began, and the seconds of the try that was answered
    waited: list[tuple[float, float]] = field(default_factory=list)  # the same from the first try on
    tries: Counter[str] = field(default_factory=Counter)  # what became of the others
    refused: list[float] = field(default_factory=list)  # the moments of each 503
    wrong: list[str] = field(default_factory=list)  # answers that should not be

    def p99(self, since: float = 0.0, until: float = float("inf")) -> float:
        """Seconds of a try that was answered, begun in this span."""
        times = sorted(seconds for began, seconds in self.took if since <= began <= until)
        return times[min(int(len(times) * 0.99), len(times) - 1)] if times else 0.0

    def longest(self) -> float:
        return max((seconds for _, seconds in self.waited), default=0.0)


class Lost(Exception):
    """A write that nobody took."""


class Program:
    """One connection of one person to the API."""

    def __init__(self, port: int, slug: str, token: str, ledger: Ledger) -> None:
        self.base, self.ledger = f"/api/v1/workspaces/{slug}/", ledger
        self.headers = {"Authorization": f"Token {token}", "Content-Type": "application/json"}
        self.wire = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)

    def write(
        self, verb: str, path: str, body: dict[str, Any], *, fine: tuple[int, ...] = (), **more: str
    ) -> dict[str, Any]:
        """Until it is answered; `fine` are refusals that are answers too, `more` are headers."""
        headers = {**self.headers, "Idempotency-Key": secrets.token_hex(8), **more}
        first = time.monotonic()
        while (began := time.monotonic()) - first < GIVES_UP:
            answer = self._try(verb, path, json.dumps(body), headers, fine)
            if answer is not None:
                now = time.monotonic()
                self.ledger.took.append((began, now - began))
                self.ledger.waited.append((first, now - first))
                if "version" in answer:
                    self.ledger.acked.setdefault(f"{answer['key']}@{answer['version']}", now)
                return answer
            time.sleep(0.2)
        raise Lost(f"{verb} {path} was not taken in {GIVES_UP:.0f} s")

    def _try(
        self, verb: str, path: str, body: str, headers: dict[str, str], fine: tuple[int, ...]
    ) -> dict[str, Any] | None:
        try:
            self.wire.request(verb, self.base + path, body, headers)
            answer = self.wire.getresponse()
            text = answer.read()
        except (OSError, http.client.HTTPException) as error:
            self.wire.close()
            self.ledger.tries[type(error).__name__] += 1
            return None
        if answer.status < 300:
            return dict(json.loads(text or b"{}"))
        return self._refused(answer, text, fine)

    def _refused(self, answer: http.client.HTTPResponse, text: bytes, fine: tuple[int, ...]) -> dict[str, Any] | None:
        self.ledger.tries[str(answer.status)] += 1
        if answer.status in fine:
            return {}
        if answer.status == 503 and answer.headers.get("Retry-After"):
            self.ledger.refused.append(time.monotonic())
        else:
            self.ledger.wrong.append(f"{answer.status} {text[:200].decode(errors='replace')}")
        return None


class Crew:
    """So many writers at once, each on cards of its own, until they are stopped or have done `count` writes together."""

    def __init__(
        self,
        port: int,
        slug: str,
        tokens: list[str],
        *,
        pace: float = 0.0,
        count: int | None = None,
        names: str = "Card",
    ) -> None:
        self.ledger, self.pace, self.names, self.over = Ledger(), pace, names, threading.Event()
        self.tickets = iter(range(count)) if count else itertools.count()
        self.turn = threading.Lock()
        programs = [Program(port, slug, token, self.ledger) for token in tokens]
        self.threads = [
            threading.Thread(target=self._run, args=(number, one), daemon=True) for number, one in enumerate(programs)
        ]

    def start(self) -> "Crew":
        for thread in self.threads:
            thread.start()
        return self

    @property
    def busy(self) -> bool:
        return any(thread.is_alive() for thread in self.threads)

    def stop(self) -> None:
        self.over.set()
        for thread in self.threads:
            thread.join(GIVES_UP + 30)

    def done(self) -> int:
        return len(self.ledger.took)

    def _run(self, number: int, program: Program) -> None:
        try:
            for step in self._steps(number, program):
                self.over.wait(self.pace)
                with self.turn:
                    if self.over.is_set() or next(self.tickets, None) is None:
                        return
                step()
        except Exception as error:
            self.ledger.wrong.append(f"writer {number}: {error!r}")

    def _steps(self, number: int, program: Program) -> Iterator[Any]:
        """A card is made, wanders through the columns, and is given a priority: five writes, five rows."""
        for place in itertools.count():
            card: dict[str, Any] = {}
            title = f"{self.names} {number}.{place}"

            def make(card: dict[str, Any] = card, title: str = title) -> None:
                card |= program.write("POST", "projects/FA/tasks/", {"title": title, "status": COLUMNS[0]})
                self.ledger.titles.add(title)

            yield make
            for column in COLUMNS[1:]:
                yield lambda column=column, card=card: program.write(
                    "POST", f"tasks/{card['key']}/move/", {"status": column}
                )
            urgency = place % 4 + 1
            yield lambda urgency=urgency, card=card: program.write(
                "PATCH", f"tasks/{card['key']}/", {"priority": urgency}
            )
