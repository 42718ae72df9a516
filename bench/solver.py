"""The planner: python -m bench.solver [--seeds 3 --job] (or bin/bench solver).

Projects of 200 tasks with 10 people over 3 months, and of 1,000 tasks with 40 people over 6, in a process of their own
each: seconds, the gap to the best plan there can be, and memory at its highest; and once more, to see that the plan is
the same. With --job a project of 1,000 tasks is planned by the job, from its rows to the proposal, and applied and undone.
"""

import argparse
import hashlib
import json
import os
import random
import resource
import subprocess
import sys
import time
from datetime import date, timedelta
from typing import Any

from ai.scheduling import UNIT, Person, Plan, Problem, Work, solve, units

START = date(2027, 1, 4)
CASES = {"200 tasks, 10 people, 3 months": (200, 10, 91), "1,000 tasks, 40 people, 6 months": (1000, 40, 182)}


def problem(seed: int, tasks: int, people: int, days: int) -> Problem:
    """Too much in the first weeks, a twentieth overdue, a twentieth pinned, a third waiting for an earlier task, a day off in ten."""
    pick = random.Random(seed)
    crew = tuple(
        Person(f"p{n:02}", f"Person {n}", pick.choice([UNIT // 2, UNIT, UNIT, UNIT]), off=_off(pick, days))
        for n in range(people)
    )
    works = []
    for n in range(tasks):
        due = START + timedelta(int(days * 0.8 * pick.random() ** 1.5) if n % 20 else -7)
        works.append(Work(
            f"t{n:04}", f"T-{n}", units(pick.choice([1, 1, 2, 3])), (pick.choices(crew, [one.capacity for one in crew])[0].id,), due, priority=pick.randrange(5),
            pinned=n % 20 == 7,
        ))  # fmt: skip
    waits = tuple((f"t{n:04}", f"t{pick.randrange(n):04}") for n in range(1, tasks) if n % 3 == 0)
    return Problem(START, START + timedelta(days), tuple(works), crew, waits)


def _off(pick: random.Random, days: int) -> frozenset[date]:
    return frozenset(START + timedelta(n) for n in range(days) if pick.random() < 0.1)


def once(seed: int, tasks: int, people: int, days: int) -> dict[str, Any]:
    """One plan, and what it took; memory is of the whole process."""
    asked = problem(seed, tasks, people, days)
    began, cpu = time.monotonic(), time.process_time()
    plan = solve(asked)
    return {
        "seconds": time.monotonic() - began, "cpu": time.process_time() - cpu, "gap": plan.gap, "cost": plan.cost,
        "changed": len(plan.changed), "unplaced": len(plan.unplaced), "mark": mark(plan),
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }  # fmt: skip


def mark(plan: Plan) -> str:
    """The same for the same plan, word by word."""
    return hashlib.sha256(repr(plan).encode()).hexdigest()[:12]


def apart(*args: int) -> dict[str, Any]:
    """`once` in a process of its own."""
    command = [sys.executable, "-m", "bench.solver", "--once", *map(str, args)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)  # type: ignore[no-any-return]


def measure(seeds: int) -> None:
    for name, case in CASES.items():
        print(name)
        for seed in range(seeds):
            first, again = apart(seed, *case), apart(seed, *case)
            same = "same again" if first["mark"] == again["mark"] else "NOT THE SAME AGAIN"
            print(
                f"  seed {seed}: {first['seconds']:5.1f} s and {again['seconds']:5.1f} s (CPU {first['cpu']:.1f}), gap {100 * first['gap']:.1f} %, "
                f"{first['changed']} dates change, {first['unplaced']} not placed, {first['megabytes']:.0f} MB, {same}"
            )


def job() -> None:
    """From the rows of 1,000 tasks to the proposal, and the proposal applied and undone."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "flowboard.settings")
    django.setup()
    from ._plan import run_job

    run_job(problem(0, *CASES["1,000 tasks, 40 people, 6 months"]))


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seeds", type=int, default=3)
    asked.add_argument("--job", action="store_true")
    asked.add_argument("--once", type=int, nargs=4, metavar=("SEED", "TASKS", "PEOPLE", "DAYS"))
    given = asked.parse_args()
    if given.once:
        print(json.dumps(once(*given.once)))
        return
    measure(given.seeds)
    if given.job:
        job()


if __name__ == "__main__":
    main()
