"""Two owners at once, each against the other: python -m bench.owners [--times 200]

They remove each other, demote each other, leave, and hand the workspace on: each so many times, from two processes. One owner stays, every time; every number of faults must be 0.
"""

import argparse
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any

from django.db import OperationalError
from psycopg.errors import LockNotAvailable

from bench import _board
from workspaces import chain, tenancy
from workspaces.actions import change_role, leave_workspace, remove_member, transfer_ownership
from workspaces.actor import Actor
from workspaces.errors import Refused
from workspaces.models import ActivityLog, Membership, Role

Act = Callable[[Actor, Membership], object]
fresh = get_context("spawn")  # a forked process would share the pool of connections


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=200)
    times = parser.parse_args().times
    by = _board.workspace(f"owners-{uuid.uuid4().hex[:6]}")
    with tenancy.workspace(by.workspace.pk, atomic=True):
        other = Membership.objects.within(by.workspace).exclude(user=by.user).select_related("user").first().user
    for name in ACTS:
        _race(by, other, name, times)
    print(f"{_faults(by)} faults in the chain of the record", flush=True)


def _demote(by: Actor, other: Membership) -> None:
    with tenancy.workspace(by.workspace.pk, atomic=True):
        guest = Role.objects.within(by.workspace).get(key="guest")
    change_role(by, other, role=guest)


ACTS: dict[str, Act] = {
    "remove each other": remove_member,
    "demote each other": _demote,
    "leave": lambda by, other: leave_workspace(by),
    "hand it on to each other": lambda by, other: transfer_ownership(by, other, confirm=by.workspace.slug),
}


@dataclass(frozen=True)
class Signals:
    """The round is prepared (all three), both stand ready (the two), both are done (all three), and what was said."""

    ready: Any
    go: Any
    done: Any
    said: Any


def _race(by: Actor, other: Any, name: str, times: int) -> None:
    """Two processes with connections of their own; between the rounds both are made owners again."""
    signals = Signals(*(fresh.Barrier(parties, timeout=60) for parties in (3, 2, 3)), said=fresh.Queue())
    people = (by.user, other)
    workers = [
        fresh.Process(target=_rival, args=(by, people[me], people[1 - me], name, times, signals)) for me in (0, 1)
    ]
    for worker in workers:
        worker.start()
    left = [_round(by, people, signals) for _ in range(times)]
    told = [signals.said.get() for _ in range(2 * times)]
    for worker in workers:
        worker.join()
    refused = [words for words in told if words and not words.startswith("!")]
    odd = [words for words in told if words.startswith("!")]
    print(
        f"{times} × two owners {name} at once: {left.count(0)} times none is left, {left.count(1)} one, "
        f"{left.count(2)} two; {len(refused)} refused, {len(odd)} other errors {odd[:2]}",
        flush=True,
    )


def _round(by: Actor, people: tuple[Any, Any], signals: Signals) -> int:
    """Both are owners; both act; how many owners are left."""
    with tenancy.workspace(by.workspace.pk, atomic=True):
        owner = Role.objects.within(by.workspace).get(key="owner")
        for one in people:
            Membership.objects.update_or_create(workspace=by.workspace, user=one, defaults={"role": owner})
    signals.ready.wait(), signals.done.wait()
    with tenancy.workspace(by.workspace.pk, atomic=True):
        return int(Membership.objects.within(by.workspace).filter(role__key="owner").count())


def _rival(by: Actor, me: Any, you: Any, name: str, times: int, signals: Signals) -> None:
    for _ in range(times):
        signals.ready.wait()
        with tenancy.workspace(by.workspace.pk, atomic=True):
            rows = Membership.objects.within(by.workspace).select_related("workspace", "user", "role")
            mine, yours = rows.get(user=me), rows.get(user=you)
        signals.go.wait()
        signals.said.put(_try(ACTS[name], Actor.of(mine), yours))
        signals.done.wait()


def _try(act: Act, by: Actor, other: Membership) -> str:
    """What was said against it; an error that is no refusal begins with an exclamation mark."""
    try:
        act(by, other)
    except Refused as no:
        return no.words
    except OperationalError as error:
        if isinstance(error.__cause__, LockNotAvailable):
            return "waited for too long (the door's 503)"
        raise
    except Exception as error:
        return f"!{type(error).__name__} {error}"
    return ""


def _faults(by: Actor) -> int:
    with tenancy.workspace(by.workspace.pk, atomic=True):
        rows = list(ActivityLog.objects.within(by.workspace).order_by("seq"))
    last, broken = rows[0].prev_hash, 0
    for row in rows:
        broken += row.prev_hash != last or row.hash != chain.digest(row, row.prev_hash)
        last = row.hash
    return broken


if __name__ == "__main__":
    main()
