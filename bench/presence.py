"""Who is here, in figures: python -m bench.presence [--only PART] [--away 60] [--sockets 1000]

Two web processes and a Redis of their own; somebody watches at each. gone: a closed tab, a closed lid (the line stays open and
nobody answers), a process killed. redis: away for a while, in which people come and go, then back, empty. crowd: what many
people cost who sit still, and who move.
"""

import argparse
import asyncio
import json
import random
import time
from collections.abc import Callable
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass, field
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

from bench import _stage
from bench._stage import Company, Webs, webs
from realtime.tests.server import private_redis

TRIES = 10
AIM = 15.0  # seconds


@dataclass
class Tab:
    """One tab: answers when it is asked, and keeps the list of who is here with the moment of each change."""

    connection: ClientConnection
    user_id: str
    said: dict[str, Any] = field(default_factory=dict)
    here: dict[str, Any] = field(default_factory=dict)
    gone: dict[str, float] = field(default_factory=dict)
    came: dict[str, float] = field(default_factory=dict)
    moved: dict[str, float] = field(default_factory=dict)
    asleep: bool = False
    size: int = 0
    reading: asyncio.Task[None] | None = None

    async def at(self, page: str, **more: Any) -> None:
        self.said = {"event": "presence:here", "page": page, **more}
        await self.connection.send(json.dumps(self.said))

    async def read(self) -> None:
        async for text in self.connection:
            self.size += len(text)
            told = json.loads(text)
            for one in told if isinstance(told, list) else [told]:
                await self.take(one, time.monotonic())

    async def take(self, frame: dict[str, Any], now: float) -> None:
        person = frame.get("person", {})
        if frame["event"] == "presence:ask" and not self.asleep:
            await self.connection.send(json.dumps(self.said))
        elif frame["event"] == "presence:list":
            self.here = {one["id"]: one["at"] for one in frame["people"]}
        elif frame["event"] == "presence:left":
            self.here.pop(person["id"], None)
            self.gone[person["id"]] = now
        elif frame["event"] in ("presence:joined", "presence:state"):
            self.here[person["id"]] = person["at"]
            self.came.setdefault(person["id"], now)
            self.moved[person["id"]] = now


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.presence", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=PARTS)
    parser.add_argument("--away", type=float, default=60, help="seconds without Redis")
    parser.add_argument("--sockets", type=int, default=1000, help="of the crowd")
    parser.add_argument("--seconds", type=float, default=20, help="of each of its halves")
    options = parser.parse_args()
    _stage.many_files()
    for name, part in PARTS.items():
        if not options.only or name in options.only:
            print(f"\n{name}", flush=True)
            part(options)


def gone(options: argparse.Namespace) -> None:
    with private_redis() as (url, _), stage(url) as (firm, one, other):
        asyncio.run(_gone(firm, one, other))


async def _gone(firm: Company, one: Webs, other: Webs) -> None:
    async with AsyncExitStack() as stack:
        near, far = await watchers(stack, firm, one, other)
        for name, leave in (("a closed tab", close), ("a closed lid", sleep)):
            people = [await tab(stack, firm, one, 2 + number) for number in range(TRIES)]
            for person in people:
                await person.at("board", project="BE")
            await until(lambda people=people: all(person.user_id in far.here for person in people))
            at = {}
            for person in people:
                await asyncio.sleep(random.uniform(1.2, 1.6))
                at[person.user_id] = time.monotonic()
                await leave(person)
            await until(lambda at=at: not at.keys() & (near.here.keys() | far.here.keys()))
            for whom, watcher in (("its process", near), ("the other", far)):
                delays = [watcher.gone[user] - left for user, left in at.items()]
                line(f"{name}: gone for {whom}", delays)
        lost = await tab(stack, firm, other, 2 + TRIES)
        await lost.at("home")
        await until(lambda: lost.user_id in near.here)
        began = time.monotonic()
        other.all[0].process.kill()
        await until(lambda: len(near.here) == 1)
        line("a process killed: its people gone for the other", [time.monotonic() - began])


async def close(person: Tab) -> None:
    await person.connection.close()


async def sleep(person: Tab) -> None:
    person.asleep = True


def redis(options: argparse.Namespace) -> None:
    with ExitStack() as kept, private_redis() as (url, process), stage(url) as (firm, one, other):

        def restart() -> None:
            kept.enter_context(private_redis(int(url.rpartition(":")[2])))

        asyncio.run(_redis(firm, one, other, process.kill, restart, options.away))


async def _redis(
    firm: Company, one: Webs, other: Webs, kill: Callable[[], None], restart: Callable[[], None], away: float
) -> None:
    async with AsyncExitStack() as stack:
        near, far = await watchers(stack, firm, one, other)
        leaves, moves = await tab(stack, firm, other, 2), await tab(stack, firm, other, 3)
        for person in (leaves, moves):
            await person.at("home")
        await until(lambda: len(near.here) == len(far.here) == 4)
        kill()
        await asyncio.sleep(away / 2)
        await leaves.connection.close()
        await moves.at("board", project="BE")
        comes = await tab(stack, firm, one, 4)
        await comes.at("members")
        await until(lambda: comes.user_id in near.here)
        await asyncio.sleep(away / 2)
        restart()
        began = time.monotonic()
        await until(lambda: all(right(watcher, moves, comes, leaves) for watcher in (near, far)))
        line(f"Redis away for {away:.0f} s, back empty: right everywhere", [time.monotonic() - began])


def right(watcher: Tab, moves: Tab, comes: Tab, leaves: Tab) -> bool:
    """Who came, who left and who moved while processes could not tell each other."""
    pages = [place["page"] for place in watcher.here.get(moves.user_id, [])]
    return pages == ["board"] and comes.user_id in watcher.here and leaves.user_id not in watcher.here


def crowd(options: argparse.Namespace) -> None:
    with private_redis() as (url, _), stage(url, options.sockets) as (firm, one, other):
        asyncio.run(_crowd(options, firm, one, other))


async def _crowd(options: argparse.Namespace, firm: Company, one: Webs, other: Webs) -> None:
    async with AsyncExitStack() as stack:
        tabs = [await tab(stack, firm, (one, other)[n % 2], n % len(firm.people)) for n in range(options.sockets)]
        began = time.monotonic()
        for person in tabs:
            await person.at("board", project="BE")
        people = {person.user_id for person in tabs}
        await until(lambda: all(people <= person.here.keys() for person in tabs))
        line(f"{len(tabs)} tabs of {len(people)} people: everybody knows of everybody", [time.monotonic() - began])
        for name, rate in (("sit still", 0), ("move, 20 a second", 20)):
            used, size, began = one.cpu() + other.cpu(), sum(person.size for person in tabs), time.monotonic()
            at = await busy(tabs, rate, options.seconds)
            span = time.monotonic() - began
            used = one.cpu() + other.cpu() - used
            size = sum(person.size for person in tabs) - size
            print(
                f"  they {name}: {used / span * 100:.0f} % of a core in both, {size / span / len(tabs):,.0f} bytes/s a tab"
            )
            if at:
                await asyncio.sleep(5)
                delays = [w.moved[u] - t for w in tabs[::50] for u, t in at.items() if w.moved.get(u, 0) > t]
                line("  a move until others see it", delays)


async def busy(tabs: list[Tab], rate: float, seconds: float) -> dict[str, float]:
    """So many change their place each second; when each did last."""
    at: dict[str, float] = {}
    ends = time.monotonic() + seconds
    for number in range(int(rate * seconds)):
        person = tabs[number % len(tabs)]
        at[person.user_id] = time.monotonic()
        await person.at("board", project="BE", task=f"BE-{1 + number % 50}", field="description")
        await asyncio.sleep(1 / rate)
    await asyncio.sleep(max(0.0, ends - time.monotonic()))
    return at


class stage:
    """A company, and two processes, each on its own port."""

    def __init__(self, url: str, sockets: int = 80) -> None:
        self.url, self.sockets, self.stack = url, sockets, ExitStack()

    def __enter__(self) -> tuple[Company, Webs, Webs]:
        one, other = (self.stack.enter_context(webs(1, REDIS_URL=self.url)) for _ in range(2))
        return _stage.company(self.sockets), one, other

    def __exit__(self, *_: object) -> None:
        self.stack.close()


async def watchers(stack: AsyncExitStack, firm: Company, one: Webs, other: Webs) -> tuple[Tab, Tab]:
    near, far = await tab(stack, firm, one, 0), await tab(stack, firm, other, 1)
    for watcher in (near, far):
        await watcher.at("board", project="BE")
    await until(lambda: len(near.here) == len(far.here) == 2)
    return near, far


async def tab(stack: AsyncExitStack, firm: Company, web: Webs, number: int) -> Tab:
    headers = {"Cookie": firm.cookies[number]}
    connection = await stack.enter_async_context(
        connect(f"ws://{web.host}{firm.path}", additional_headers=headers, proxy=None, ping_interval=None)
    )
    made = Tab(connection, str(firm.people[number].pk))
    made.reading = asyncio.create_task(made.read())
    stack.callback(made.reading.cancel)
    return made


async def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _stage.PATIENCE
    while not true():
        assert time.monotonic() < deadline, "it did not come about"
        await asyncio.sleep(0.005)


def line(name: str, delays: list[float]) -> None:
    worst = max(delays)
    middle = sorted(delays)[len(delays) // 2]
    spread = f"median {show(middle)}, longest {show(worst)}" if len(delays) > 1 else show(worst)
    print(f"  {name:56} {spread}" + ("" if worst <= AIM else f"   over {AIM:.0f} s"), flush=True)


def show(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds >= 1 else f"{seconds * 1000:.0f} ms"


PARTS = {"gone": gone, "redis": redis, "crowd": crowd}

if __name__ == "__main__":
    main()
