"""The race for a nearly spent budget (check 34): python -m bench.ai_budget [--processes 10]

Calls from many processes at once, against a stand-in on loopback that counts what it really used: 500 where some sixteen
fit; 200 the same; 200 of which every tenth dies with its process in the middle of the call. At no moment may what is used
and what is held be more than the limit, by one token; and in the end the ledger must not be below what was really used.
"""

import argparse
import asyncio
import os
import signal
import threading
from collections import Counter
from contextlib import aclosing
from multiprocessing import get_context
from typing import Any

from bench import _ai  # first: it sets Django up

# isort: split

from django.conf import settings
from django.utils import timezone

from ai import budget
from ai.actions.metering import sweep_reservations
from ai.errors import OverBudget
from ai.models import AIBudget, AIReservation, AIUsage, PromptVersion
from ai.service import AIService
from ai.tests.provider import Provider, running
from ai.wording import request_of
from workspaces import tenancy
from workspaces.actor import Actor

FIT = 16  # calls that the limit has room for when all are held at once
FORK = get_context("fork")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--processes", type=int, default=10)
    options = parser.parse_args()
    for calls, dying in ((500, 0), (200, 0), (200, 20)):
        race(calls, dying, options.processes)


def race(calls: int, dying: int, processes: int) -> None:
    """One race in a workspace of its own."""
    by = _ai.workspace("budget")
    most = budget.most(
        request_of(PromptVersion.objects.get(prompt__purpose=_ai.ASK.purpose, state="active"), _ai.ASK.inputs)
    )
    count = calls // 10 if dying else processes
    port = _ai.free_port()
    _ai.connect(f"http://127.0.0.1:{port}/v1", AI_TOKENS=most * FIT * (10 if dying else 1))
    _ai.let_go()
    gate = FORK.Event()
    runners = [Runner(by, calls // count, place < dying // 10, gate) for place in range(count)]
    with running(port) as provider:
        watch = Watch(by)
        watch.start()
        gate.set()
        outcomes = sum((one.outcome() for one in runners), Counter())
        watch.stop()
        report(by, provider, outcomes, watch, calls, dying)


class Runner:
    """A process with its share of the calls, forked before the stand-in's thread begins. Some die in the middle of theirs."""

    def __init__(self, by: Actor, calls: int, dies: bool, gate: Any) -> None:
        self.mine, theirs = FORK.Pipe(duplex=False)
        self.calls = calls
        self.process = FORK.Process(target=run, args=(by, calls, dies, gate, theirs))
        self.process.start()
        theirs.close()

    def outcome(self) -> Counter[str]:
        try:
            found: Counter[str] = self.mine.recv()
        except EOFError:
            found = Counter(died=self.calls)
        self.process.join()
        return found


def run(by: Actor, calls: int, dies: bool, gate: Any, told: Any) -> None:
    gate.wait()
    if dies:
        settings.AI_MODEL = "slow"
    told.send(asyncio.run(together(by, calls, UnderWay(calls // 2 if dies else calls + 1))))


class UnderWay:
    """How many calls of this process wait for the rest of their answer; with so many at once it dies."""

    def __init__(self, most: int) -> None:
        self.now, self.most = 0, most

    def __enter__(self) -> None:
        self.now += 1
        if self.now >= self.most:
            os.kill(os.getpid(), signal.SIGKILL)

    def __exit__(self, *_: object) -> None:
        self.now -= 1


async def together(by: Actor, calls: int, under_way: UnderWay) -> Counter[str]:
    return Counter(await asyncio.gather(*(one(by, under_way) for _ in range(calls))))


async def one(by: Actor, under_way: UnderWay) -> str:
    try:
        async with aclosing(AIService(by).stream(_ai.ASK, again=True)) as pieces:
            await anext(pieces)
            with under_way:
                async for _ in pieces:
                    pass
    except OverBudget:
        return "refused"
    except Exception as error:
        return f"{type(error).__name__}: {str(error)[:100]}"
    return "answered"


class Watch(threading.Thread):
    """Looks at the budget all the time: the most that was ever used and held together."""

    def __init__(self, by: Actor) -> None:
        super().__init__(daemon=True)
        self.by, self.most, self.looks, self.ends = by, 0, 0, threading.Event()

    def run(self) -> None:
        while not self.ends.is_set():
            used, reserved = stand(self.by)
            self.most, self.looks = max(self.most, used + reserved), self.looks + 1

    def stop(self) -> None:
        self.ends.set()
        self.join()


def stand(by: Actor) -> tuple[int, int]:
    with tenancy.workspace(by.workspace.pk, atomic=True):
        row = AIBudget.objects.within(by.workspace).first()
    return (row.used, row.reserved) if row else (0, 0)


def report(by: Actor, provider: Provider, outcomes: Counter[str], watch: Watch, calls: int, dying: int) -> None:
    with tenancy.workspace(by.workspace.pk, atomic=True):
        left = AIReservation.objects.within(by.workspace)
        behind = left.count()
        left.update(expires_at=timezone.now())
    swept = sweep_reservations(by.workspace.pk)
    used, reserved = stand(by)
    with tenancy.workspace(by.workspace.pk, atomic=True):
        rows = sum(row.input_tokens + row.output_tokens for row in AIUsage.objects.within(by.workspace))
    limit = settings.AI_TOKENS
    print(
        f"{calls} calls at once{f', {dying} die in the middle' if dying else ''}: {dict(outcomes)}; limit {limit:,}; most ever used and held {watch.most:,}"
        f" in {watch.looks:,} looks; over by {max(0, watch.most - limit, used - limit)}; left behind {behind}, swept {swept};"
        f" ledger {used:,} (rows {rows:,}, held {reserved}), really used {provider.spent:,}, below it by {max(0, provider.spent - used)}",
        flush=True,
    )


if __name__ == "__main__":
    main()
