"""Scenes in which programs and servers die, stop, freeze or are slow."""

import time
from itertools import cycle
from signal import SIGCONT, SIGKILL, SIGSTOP

from ._place import forget_connections
from ._scene import Run, Scene, play

NOISE = 0.15  # seconds below which a machine of two cores says nothing of a p99
LATE = 1.1 + 0.2  # seconds: the head check, and a busy machine


def web(run: Run) -> None:
    """Each web process, in turn."""
    with play(run, "a web process killed with -9, six times"):
        for one in run.system.webs * 3:
            run.rest(3)
            run.system.restart_web(one)
        run.rest(4)


def worker(run: Run) -> None:
    with play(run, "worker and beat killed with -9"):
        for one in (run.system.worker, run.system.beat) * 2:
            run.rest(2)
            run.system.kill(one)
            run.rest(1)
            run.system.again(one)


def redis_restarted(run: Run) -> None:
    with play(run, "Redis killed and started again, three times"):
        for _ in range(3):
            run.rest(3)
            run.system.restart_redis()
        run.rest(3)


def redis_stopped(run: Run) -> None:
    """Sixty seconds without it."""
    with play(run, f"Redis stopped for {run.options.stopped:.0f} s", writers=4) as scene:
        scene.calm(run.options.span(15))
        run.system.kill(run.system.redis)
        time.sleep(run.options.stopped)
        _beside_calm(scene)
        run.system.again(run.system.redis)
        run.system.until(run.system.redis_answers, "Redis")
        run.rest(4)
        scene.later.append(
            lambda: scene.must(scene.verdict.late <= LATE, f"the p99 of delays is {scene.verdict.late:.1f} s")
        )


def _beside_calm(scene: Scene) -> None:
    ledger = scene.crew.ledger
    calm, now = ledger.p99(until=scene.calm_until), ledger.p99(since=scene.calm_until)
    scene.notes.append(f"p99 before {calm * 1000:.0f} ms, during {now * 1000:.0f} ms")
    scene.must(now <= max(2 * calm, NOISE), "writes took more than twice as long")


def redis_frozen(run: Run) -> None:
    """It takes connections and answers nothing: worse than away."""
    with play(run, "Redis frozen (SIGSTOP) for 20 s", writers=4) as scene:
        scene.calm(run.options.span(12))
        run.system.send(run.system.redis, SIGSTOP)
        run.rest(20)
        ledger = scene.crew.ledger
        calm, now = ledger.p99(until=scene.calm_until), ledger.p99(since=scene.calm_until)
        run.system.send(run.system.redis, SIGCONT)
        run.rest(4)
        scene.notes.append(f"p99 before {calm * 1000:.0f} ms, during {now * 1000:.0f} ms")
        scene.must(now <= 0.5, "writes took more than 500 ms")


def postgres(run: Run) -> None:
    """`-m immediate`: back at once, and after a while."""
    with play(run, "PostgreSQL stopped at once, twice under load") as scene:
        run.rest(3)
        for pause in (0.5, run.options.span(20)):
            run.system.restart_postgres(pause)
            forget_connections()
            run.rest(9)
        stuck = _stuck(run)
        scene.must(stuck == 0, f"{stuck} transactions hang idle")
        away = run.system.away[-2:]
        up = [at for at in scene.crew.ledger.refused if not any(gone <= at <= back for gone, back in away)]
        after = [at - max(back for _, back in away if back <= at) for at in up if at > away[0][1]]
        scene.notes.append(f"the last 503 came {max(after, default=0.0):.1f} s after it was back")


def _stuck(run: Run) -> int:
    with run.system.superuser() as connection:
        row = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%' AND state_change < now() - interval '3 s'"
        ).fetchone()
    return int(row[0]) if row else 0


def postgres_slow(run: Run) -> None:
    """Somebody holds the counter of one workspace for 30 s: it waits, the other does not."""
    with play(run, "a row of one workspace locked: its own people", writers=4, listeners=4) as locked:
        locked.locked = True
        with play(run, "a row of one workspace locked: the others", writers=4, listeners=10) as other:
            other.calm(run.options.span(15))
            with run.system.superuser() as connection, connection.transaction():
                connection.execute(
                    "SELECT FROM workspaces_stream WHERE workspace_id = %s FOR UPDATE", [locked.place.id]
                )
                run.rest(30)
            ledger = other.crew.ledger
            calm, now = ledger.p99(until=other.calm_until), ledger.p99(since=other.calm_until)
            other.notes.append(f"p99 before {calm * 1000:.0f} ms, during {now * 1000:.0f} ms")
            other.must(now <= max(1.2 * calm, NOISE), "the others waited too")
        run.rest(6)


def rotation(run: Run) -> None:
    """Everything killed with -9 in turn until all is written."""
    system, count = run.system, run.options.mutations
    with play(run, f"all of them killed in turn over {count:,} changes", writers=16, pace=0.0, count=count) as scene:
        turns = cycle([*system.webs, system.worker, "redis", system.beat, "postgres"])
        deadline = time.monotonic() + 480
        kills = 0
        while scene.crew.busy and time.monotonic() < deadline:
            _work(scene, count // 60)
            _kill(run, next(turns))
            kills += 1
        scene.notes.append(f"{kills} kills in {time.monotonic() - scene.began:.0f} s")
        scene.must(not scene.crew.busy, "not all was written in time")
        scene.later.append(lambda: scene.must(scene.crew.done() >= count, f"only {scene.crew.done()} were written"))


def _work(scene: Scene, writes: int) -> None:
    """Until so much more is written: what is killed before it has started again proves nothing."""
    before, deadline = scene.crew.done(), time.monotonic() + 20
    while scene.crew.busy and scene.crew.done() < before + writes and time.monotonic() < deadline:
        time.sleep(0.05)


def _kill(run: Run, what: object) -> None:
    if what == "redis":
        run.system.restart_redis()
    elif what == "postgres":
        run.system.restart_postgres(how=SIGKILL)
        forget_connections()
    else:
        run.system.restart_web(what)  # type: ignore[arg-type]  (a program, as neither of the servers is)
