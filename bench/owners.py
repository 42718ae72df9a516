"""Two owners at once, each against the other: python -m bench.owners [--times 200]

They remove each other, demote each other, leave, and hand the workspace on: each so many times, from two processes. One owner stays, every time; every number of faults must be 0.
"""

import argparse
import uuid
from collections.abc import Callable
from multiprocessing import Barrier, Process, SimpleQueue
from typing import Any

from django.db import connections

from bench import _board
from workspaces import chain, tenancy
from workspaces.actions import change_role, leave_workspace, remove_member, transfer_ownership
from workspaces.actor import Actor
from workspaces.errors import Refused
from workspaces.models import ActivityLog, Membership, Role

Act = Callable[[Actor, Membership], object]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=200)
    times = parser.parse_args().times
    by = _board.workspace(f"owners-{uuid.uuid4().hex[:6]}")
    with tenancy.workspace(by.workspace.pk, atomic=True):
        other = Membership.objects.within(by.workspace).exclude(user=by.user).select_related("user").first().user
    for name, act in ACTS.items():
        _race(by, other, name, act, times)
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


def _race(by: Actor, other: Any, name: str, act: Act, times: int) -> None:
    """Two processes with connections of their own; between the rounds both are made owners again."""
    ready, done, said = Barrier(3), Barrier(3), SimpleQueue()  # type: ignore[var-annotated]
    connections.close_all()
    people = (by.user, other)
    workers = [
        Process(target=_rival, args=(by, people[me], people[1 - me], act, times, ready, done, said)) for me in (0, 1)
    ]
    for worker in workers:
        worker.start()
    left = [_round(by, people, ready, done) for _ in range(times)]
    told = [said.get() for _ in range(2 * times)]
    for worker in workers:
        worker.join()
    none, refused = left.count(0), sum(words != "" for words in told)
    odd = [words for words in told if words.startswith("!")]
    print(f"{times} × two owners {name} at once: {none} without an owner, {left.count(1)} with one, {left.count(2)} with two; "
          f"{refused} refused, {len(odd)} other errors {odd[:2]}", flush=True)  # fmt: skip


def _round(by: Actor, people: tuple[Any, Any], ready: Any, done: Any) -> int:
    """Both are owners; both act; how many owners are left."""
    with tenancy.workspace(by.workspace.pk, atomic=True):
        owner = Role.objects.within(by.workspace).get(key="owner")
        for one in people:
            Membership.objects.update_or_create(workspace=by.workspace, user=one, defaults={"role": owner})
    ready.wait(), done.wait()
    with tenancy.workspace(by.workspace.pk, atomic=True):
        return int(Membership.objects.within(by.workspace).filter(role__key="owner").count())


def _rival(by: Actor, me: Any, you: Any, act: Act, times: int, ready: Any, done: Any, said: Any) -> None:
    for _ in range(times):
        ready.wait()
        said.put(_try(by, me, you, act))
        done.wait()


def _try(by: Actor, me: Any, you: Any, act: Act) -> str:
    """What was said against it; an error that is no refusal begins with an exclamation mark."""
    try:
        with tenancy.workspace(by.workspace.pk, atomic=True):
            rows = Membership.objects.within(by.workspace).select_related("workspace", "user", "role")
            mine, yours = rows.filter(user=me).first(), rows.filter(user=you).first()
        if mine is None or yours is None:
            return "was faster"
        act(Actor.of(mine), yours)
    except Refused as no:
        return no.words
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
