"""Subscribers, in a process of their own: programs that keep the client's rule of docs/realtime.md and nothing more."""

import asyncio
import http.client
import json
import multiprocessing
import random
from collections import Counter
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from time import monotonic
from typing import Any

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

SILENT = 35.0  # seconds without a word after which a line is given up: a `head` comes every 25
OUT = (4401, 4403)
KEPT = ("title", "status", "rank", "priority")


@dataclass
class Report:
    """What one of them has to say."""

    slug: str
    begun: int
    last: int
    heard: list[tuple[int, str, float]]  # seq, what it said, when; in the order in which they were applied
    cards: dict[str, dict[str, Any]]  # what the board is by these events alone
    tally: Counter[str]
    code: int | None
    closed_at: float
    sleeper: bool


@dataclass
class Order:
    """Somebody who shall listen; `asks` without a socket, each so many seconds."""

    port: int
    slug: str
    token: str
    after: int = 0
    asks: float = 0.0
    sleeper: bool = False


@dataclass(eq=False)
class Ear:
    """Applies `last + 1`, drops what is older, fetches what is missing."""

    order: Order
    last: int = 0
    epoch: str = ""
    heard: list[tuple[int, str, float]] = field(default_factory=list)
    cards: dict[str, dict[str, Any]] = field(default_factory=dict)
    tally: Counter[str] = field(default_factory=Counter)
    code: int | None = None
    closed_at: float = 0.0
    tries: int = 0  # since the last word

    async def live(self) -> None:
        self.last = self.order.after
        while self.code is None:
            try:
                await (self._ask() if self.order.asks else self._listen())
            except ConnectionClosed as closed:
                self._closed(closed.rcvd.code if closed.rcvd else 1006)
            except (OSError, TimeoutError, InvalidHandshake, http.client.HTTPException, ValueError) as error:
                self.tally[type(error).__name__] += 1
            self.tries += 1
            await asyncio.sleep(self.order.asks or min(4.0, 0.2 * 2**self.tries) * random.uniform(0.5, 1.5))

    def _closed(self, code: int) -> None:
        self.tally[f"closed {code}"] += 1
        if code in OUT:
            self.code, self.closed_at = code, monotonic()

    async def _ask(self) -> None:
        await self._catch_up()

    async def _listen(self) -> None:
        """Without pings, which a browser cannot send either."""
        order, epoch = self.order, f"&epoch={self.epoch}" if self.epoch else ""
        address = f"ws://127.0.0.1:{order.port}/ws/{order.slug}/?after={self.last}{epoch}"
        headers = {"Authorization": f"Token {order.token}"}
        async with connect(
            address, additional_headers=headers, proxy=None, ping_interval=None, max_size=None, close_timeout=1
        ) as wire:
            while True:
                told = json.loads(await asyncio.wait_for(wire.recv(), SILENT))
                for frame in told if isinstance(told, list) else [told]:
                    await self._take(frame)

    async def _take(self, frame: dict[str, Any]) -> None:
        self.tries = 0
        event, seq = frame["event"], frame.get("seq")
        if event == "resync" or (event == "head" and self.epoch not in ("", frame["epoch"])):
            await self._start_over(seq, frame["epoch"])
        elif event == "head":
            self.epoch = frame["epoch"]
            if seq > self.last:
                await self._catch_up()
        elif seq is None:
            return  # of another kind, such as presence
        elif seq <= self.last:
            self.tally["dropped"] += 1
        elif seq > self.last + 1:
            self.tally["gaps"] += 1
            await self._catch_up()
        else:
            self._apply(frame)

    def _apply(self, frame: dict[str, Any]) -> None:
        self.last = frame["seq"]
        data = frame.get("data") or {}
        self.heard.append((self.last, f"{frame['event']} {data.get('key')}@{data.get('version')}", monotonic()))
        if frame["event"].startswith("task:"):
            card = self.cards.setdefault(data["key"], {})
            card |= {name: value for name, value in data["changed"].items() if name in KEPT}
        if frame["event"] == "status:ranked":
            for card in self.cards.values():
                card.pop("rank", None)

    async def _catch_up(self) -> None:
        while True:
            status, page = await asyncio.to_thread(self._get, f"events?after={self.last}")
            if status in (400, 410) or (self.epoch and page.get("epoch", self.epoch) != self.epoch):
                self.tally[f"events {status}"] += 1
                return await self._start_over(page["head"], page["epoch"])
            if status in (401, 403, 404):
                return self._closed(4403)
            if status != 200:
                self.tally[f"events {status}"] += 1
                return None
            self.epoch = page["epoch"]
            for row in page["results"]:
                if row["seq"] == self.last + 1:
                    self._apply(row)
            if not page["results"] or page["results"][-1]["seq"] >= page["head"]:
                return None

    async def _start_over(self, seq: int, epoch: str) -> None:
        """A fresh page, and on from there."""
        cards = await asyncio.to_thread(self._fresh)
        self.tally["resyncs"] += 1
        self.last, self.epoch, self.cards = seq, epoch, cards
        self.heard.append((seq, "resync", monotonic()))

    def _fresh(self) -> dict[str, dict[str, Any]]:
        cards: dict[str, dict[str, Any]] = {}
        path = "projects/FA/tasks/?limit=200"
        while path:
            status, page = self._get(path)
            if status != 200:
                raise OSError(f"no fresh page: {status}")
            for task in page["results"]:
                cards[task["key"]] = {
                    "title": task["title"],
                    "status": task["status"]["name"],
                    "priority": task["priority"],
                }
            path = (page["next"] or "").partition(f"/{self.order.slug}/")[2]
        return cards

    def _get(self, path: str) -> tuple[int, Any]:
        wire = http.client.HTTPConnection("127.0.0.1", self.order.port, timeout=10)
        try:
            headers = {"Authorization": f"Token {self.order.token}"}
            wire.request("GET", f"/api/v1/workspaces/{self.order.slug}/{path}", headers=headers)
            answer = wire.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            wire.close()

    def report(self) -> Report:
        order = self.order
        return Report(
            order.slug,
            order.after,
            self.last,
            self.heard,
            self.cards,
            self.tally,
            self.code,
            self.closed_at,
            order.sleeper,
        )


class Ears:
    """The process, as the bench talks to it."""

    def __init__(self) -> None:
        spawn = multiprocessing.get_context("spawn")
        self.pipe, theirs = spawn.Pipe()
        self.process = spawn.Process(target=serve, args=(theirs,), daemon=True)
        self.process.start()
        theirs.close()

    def add(self, orders: list[Order]) -> None:
        self._ask("add", orders)

    def where(self, slug: str) -> list[int]:
        """The last number of each that still listens."""
        return list(self._ask("where", slug))

    def report(self, slug: str) -> list[Report]:
        """They stop listening, and tell."""
        return list(self._ask("report", slug))

    def end(self) -> None:
        self.pipe.close()
        self.process.join(10)

    def _ask(self, word: str, what: Any) -> Any:
        self.pipe.send((word, what))
        if not self.pipe.poll(60):
            raise SystemExit("the subscribers' process does not answer")
        return self.pipe.recv()


def serve(pipe: Connection) -> None:
    asyncio.run(_serve(pipe))


async def _serve(pipe: Connection) -> None:
    """Until the bench ends, however it does."""
    ears: dict[Ear, asyncio.Task[None]] = {}
    while True:
        try:
            word, what = await asyncio.to_thread(pipe.recv)
        except (EOFError, OSError):
            break
        if word == "add":
            ears |= {ear: asyncio.create_task(ear.live()) for ear in map(Ear, what)}
            pipe.send(True)
            continue
        chosen = [ear for ear in ears if ear.order.slug == what]
        if word == "where":
            pipe.send([ear.last for ear in chosen if ear.code is None])
        else:
            pipe.send([ear.report() for ear in chosen])
            for ear in chosen:
                ears.pop(ear).cancel()
    for task in ears.values():
        task.cancel()
