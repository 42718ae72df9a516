"""Runs of the AI while their worker is killed: bin/bench runs [--runs 100] [--every 2] [--span 60] [--bound 480].

People of many workspaces have texts broken down. The model, a stand-in on loopback, takes its time; every two seconds a
process of the worker is killed with -9, each fourth time all of it, for a minute. Then the worker is left alone until all
is over, which takes the three minutes after which a silent worker counts as dead. Counted: runs lost, proposals made
twice, tokens left held, and whether the ledger is below what the model really used.
"""

import argparse
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress

from bench import _ai  # first: it sets Django up

# isort: split

from django.conf import settings
from django.utils import timezone
from kombu.exceptions import OperationalError

from ai.actions.breakdown import start_breakdown
from ai.actions.metering import sweep_reservations
from ai.jobs import sweep_ai
from ai.models import AIBudget, AIReservation, AIRun
from ai.tests.provider import Provider, running
from tasks.actions import create_project
from workspaces import tenancy
from workspaces.actor import Actor
from workspaces.models import ChangeSet

from ._worker import Worker

EACH = 5  # runs of one workspace, which is what one person may have waiting
PAUSE = 0.3  # seconds between two pieces of an answer
OVER = ("done", "failed", "cancelled")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--every", type=float, default=2.0, help="seconds between kills")
    parser.add_argument("--span", type=float, default=60.0, help="seconds in which it is killed")
    parser.add_argument("--bound", type=float, default=480.0, help="seconds after which it gives up")
    options = parser.parse_args()
    people = [_ai.workspace("runs") for _ in range(options.runs // EACH)]
    with running() as provider:
        provider.pause = PAUSE
        _ai.connect(provider.url)
        for by in people:
            begin(by)
        began = time.monotonic()
        kills = killed(provider, people, options)
        report(provider, people, kills, time.monotonic() - began)


def begin(by: Actor) -> None:
    project = create_project(by, name="Runs", key="RUN")
    for number in range(EACH):
        start_breakdown(by, project, pasted=f"- Copy {number}\n- Drawing\n- Ship")


def killed(provider: Provider, people: list[Actor], options: argparse.Namespace) -> int:
    """Until all runs are over; how often it was killed."""
    worker = Worker({
        "AI_PROVIDER": settings.AI_PROVIDER, "AI_MODEL": settings.AI_MODEL, "AI_API_KEY": "key", "AI_BASE_URL": provider.url,
    })  # fmt: skip
    kills, began = 0, time.monotonic()
    try:
        while sum(states(people)[one] for one in OVER) < options.runs and time.monotonic() - began < options.bound:
            worker.ready()
            sweep(people)
            if time.monotonic() - began < options.span:
                until_asked(provider, len(provider.asked))
                time.sleep(options.every)
                kills += 1
                worker.kill(whole=kills % 4 == 0)
            else:
                time.sleep(5)
    finally:
        worker.end()
    return kills


def until_asked(provider: Provider, before: int) -> None:
    """Once more than before, or for 15 s: the worker is killed at its work, and not while it starts."""
    until = time.monotonic() + 15
    while len(provider.asked) <= before and time.monotonic() < until:
        time.sleep(0.02)


def sweep(people: list[Actor]) -> None:
    """What beat has done each minute."""
    for by in people:
        with suppress(OperationalError):
            sweep_ai(str(by.workspace.pk))


def rows(people: list[Actor]) -> Iterator[AIRun]:
    for by in people:
        with tenancy.workspace(by.workspace.pk, atomic=True):
            yield from list(AIRun.objects.within(by.workspace))


def states(people: list[Actor]) -> Counter[str]:
    return Counter(str(run.state) for run in rows(people))


def report(provider: Provider, people: list[Actor], kills: int, seconds: float) -> None:
    found, tries = states(people), Counter(run.tries for run in rows(people))
    made = spent = held = 0
    for by in people:
        with tenancy.workspace(by.workspace.pk, atomic=True):
            AIReservation.objects.within(by.workspace).update(expires_at=timezone.now())
            made += ChangeSet.objects.within(by.workspace).filter(kind="ai").count()
        sweep_reservations(by.workspace.pk)
        with tenancy.workspace(by.workspace.pk, atomic=True):
            row = AIBudget.objects.within(by.workspace).get()
        spent, held = spent + row.used, held + row.reserved
    total = sum(found.values())
    lost, double = total - sum(found[one] for one in OVER), made - found["done"]
    print(f"worker killed {kills} times in {seconds:.0f} s; runs {dict(found)}, by tries {dict(sorted(tries.items()))}")
    print(
        f"{total} runs: {lost} not over, {made} proposals of {found['done']} done: {double} too many or too few; tokens still held {held}"
    )
    print(f"ledger {spent:,}, really used {provider.spent:,}: below it by {max(0, provider.spent - spent):,}")
    if lost or double or held or provider.spent > spent:
        raise SystemExit(
            "Requirement missed: each run over and its effect there once, nothing held, the ledger not below what was used"
        )


if __name__ == "__main__":
    main()
