"""Many hands at once, at the figures of the checks: python -m bench.races [--moves 500] [--reads 10000]

16 threads move cards of one board about (30); 8 threads of two tenants share one pool (2). Prints what was done and what
went wrong; every number of faults must be 0.
"""

import argparse
import os
import random
import uuid
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

os.environ.setdefault("DATABASE_POOL", "60")  # as many as there are hands

from django.db import connection, connections

from bench import _board
from tasks.actions import move_task
from tasks.models import Status, Task
from workspaces import chain, tenancy
from workspaces.actor import Actor
from workspaces.models import ActivityLog


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--moves", type=int, default=500)
    parser.add_argument("--reads", type=int, default=10_000)
    options = parser.parse_args()
    by = _board.workspace(f"races-{uuid.uuid4().hex[:6]}")
    project = _board.board(by, 100)
    _tenants(by, _board.workspace(f"other-{uuid.uuid4().hex[:6]}"), options.reads)
    _movers(by, project, options.moves)


def together(threads: int, work: Callable[[Any], Any], over: Iterable[Any]) -> list[Any]:
    """Run in threads, each of which gives its connection back."""

    def one(item: Any) -> Any:
        try:
            return work(item)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(one, over))


def _tenants(one: Actor, other: Actor, reads: int) -> None:
    def strange(number: int) -> bool:
        actor = (one, other)[number % 2]
        with tenancy.workspace(actor.workspace.pk, atomic=True), connection.cursor() as cursor:
            cursor.execute("SELECT DISTINCT workspace_id FROM workspaces_role")
            return bool(cursor.fetchall() != [(actor.workspace.pk,)])

    wrong = sum(together(8, strange, range(reads)))
    print(f"{reads:,} reads of two tenants through one pool: {wrong} saw another's rows", flush=True)


def _movers(by: Actor, project: Any, moves: int) -> None:
    with tenancy.workspace(by.workspace.pk, atomic=True):
        cards = list(Task.objects.filter(project=project).open().values_list("pk", flat=True)[:16])
        columns = list(Status.objects.filter(project=project).select_related("project"))

    def shuffle(place: int) -> int:
        chance, faults = random.Random(place), 0
        for _ in range(moves):
            with tenancy.workspace(by.workspace.pk, atomic=True):
                card = (
                    Task.objects.filter(workspace=by.workspace).select_related("project", "status").get(pk=cards[place])
                )
            try:
                move_task(by, card, to=chance.choice(columns))
            except Exception as error:
                faults += 1
                print("  ", type(error).__name__, str(error)[:120])
        return faults

    faults = sum(together(16, shuffle, range(16)))
    with tenancy.workspace(by.workspace.pk, atomic=True):
        places = list(Task.objects.filter(project=project).values_list("status_id", "rank"))
        rows = list(ActivityLog.objects.within(by.workspace).order_by("seq"))
    doubled = len(places) - len(set(places))
    broken = sum(later.prev_hash != earlier.hash or later.seq != earlier.seq + 1 for earlier, later in pairwise(rows))
    broken += sum(not chain.holds(row) for row in rows)
    print(
        f"16 threads × {moves} moves: {faults} failed, {doubled} places twice, {broken} faults in {len(rows):,} rows of the record"
    )


if __name__ == "__main__":
    main()
