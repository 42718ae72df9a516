"""Nothing lost, nothing twice, over every fault: bin/bench faults [--only NAME] [--quick] [--mutations 10000]

Starts servers, two web processes, worker and beat of its own, as bin/run does. In each scene people write over REST with
an Idempotency-Key, twenty programs listen by the rule of docs/realtime.md (two of them ask instead of holding a socket),
and something is killed, stopped, frozen, cut or restored. At the end each listener's events are compared with the rows of the
database, the board they add up to with the board that there is, and every acknowledged write with what is stored.

fault, changes: rows stored; acked: answers to writers; received: rows by whoever received least; missing, twice (after the
listener's own dropping), order; gap: the longest from a writer's answer to a listener's receipt; write p99: of tries that
were answered; longest: of a write with all its tries; 503: how many of these.
"""

import argparse
import os
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ._ears import Ears
from ._sink import Sink
from ._system import System, system

if TYPE_CHECKING:
    from ._scene import Run

BOUND = 1200  # seconds after which it gives up by itself
UNDISTURBED = ("rotation", "restored")  # played when all others are over: nothing survives a restored backup


def main() -> None:
    options = parse()
    sink, ears = Sink(), Ears()
    settings = {"EMAIL_URL": f"smtp://127.0.0.1:{sink.port}", "LOG_LEVEL": "WARNING"}
    began = time.monotonic()
    try:
        with system(settings) as running:
            os.environ.update(running.up.env)
            faults = play_all(running, ears, sink, options)
            errors = running.faults_in_log()
    finally:
        ears.end()
        sink.shutdown()
    print(f"{time.monotonic() - began:.0f} s; {len(errors)} lines of error in the programs' log", *errors[:5], sep="\n")
    if faults:
        raise SystemExit("\n".join(["Requirements missed:", *faults]))


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="bin/bench faults", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", default="", help="scenes with these words in their name, separated by commas")
    parser.add_argument("--quick", action="store_true", help="a third of the time, 600 changes")
    parser.add_argument("--mutations", type=int, default=0, help="of the rotation: 10,000 unless told")
    parser.add_argument("--asleep", type=float, default=0, help="seconds: 300 unless told")
    parser.add_argument("--stopped", type=float, default=0, help="seconds without Redis: 60 unless told")
    return parser.parse_args()


def scenes() -> dict[str, "Callable[[Run], Iterator[None] | None]"]:
    """By name. Those that wait for long come first: they go on while the others play."""
    from . import _data, _lines, _programs

    return {
        "mail": _data.mail,
        "asleep": _lines.asleep,
        "web": _programs.web,
        "worker": _programs.worker,
        "redis-restarted": _programs.redis_restarted,
        "redis-stopped": _programs.redis_stopped,
        "redis-frozen": _programs.redis_frozen,
        "postgres-restarted": _programs.postgres,
        "postgres-slow": _programs.postgres_slow,
        "stalls": _lines.stalls,
        "cuts": _lines.cuts,
        "half-open": _lines.half_open,
        "far-behind": _lines.far_behind,
        "writers": _data.writers,
        "moves": _data.moves,
        "clock": _data.clock,
        "removed": _data.removed,
        "pruned": _data.pruned,
        "rotation": _programs.rotation,
        "restored": _data.restored,
    }


def play_all(running: System, ears: Ears, sink: Sink, options: argparse.Namespace) -> list[str]:
    """Each chosen scene; what was missed."""
    from ._scene import HEAD, Options, Run  # here: Django needs the servers' addresses

    quick = options.quick
    size = Options(
        quick,
        mutations=options.mutations or (600 if quick else 10_000),
        asleep=options.asleep or (30.0 if quick else 300.0),
        stopped=options.stopped or (10.0 if quick else 60.0),
    )
    run, waiting = Run(running, ears, sink, size), []
    wanted = [word for word in options.only.split(",") if word]
    deadline = time.monotonic() + BOUND
    print(HEAD, flush=True)
    for name, scene in scenes().items():
        if wanted and not any(word in name for word in wanted):
            continue
        if time.monotonic() > deadline:
            run.faults.append(f"{name}: not played, the time is over")
            continue
        if name in UNDISTURBED:
            finish(run, waiting)
        with on_record(run, name):
            if (rest := scene(run)) is not None:
                next(rest)
                waiting.append((name, rest))
    finish(run, waiting)
    return run.faults


def finish(run: "Run", waiting: list[tuple[str, "Iterator[None]"]]) -> None:
    """What has gone on while others played."""
    while waiting:
        name, rest = waiting.pop()
        with on_record(run, name):
            next(rest, None)


@contextmanager
def on_record(run: "Run", name: str) -> Iterator[None]:
    """A scene that breaks is a fault, and the others go on with everything up again."""
    try:
        yield
    except Exception as error:
        traceback.print_exc()
        run.faults.append(f"{name}: {error!r}")
        run.system.repair()


if __name__ == "__main__":
    main()
