"""Scenes in which the line between people and the web is bad, and in which people sleep."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from tasks.actions import Draft, create_tasks
from tasks.models import Project
from workspaces import tenancy

from ._place import Place
from ._proxy import Proxy
from ._scene import Run, play

SILENCE = 35.0 + 10.0  # seconds: until a dead line is given up, and a busy machine


@contextmanager
def line(run: Run) -> Iterator[Proxy]:
    proxy = Proxy(run.system.port)
    try:
        yield proxy
    finally:
        proxy.end()


def stalls(run: Run) -> None:
    """Everything stands still for a second, again and again, for writers and listeners."""
    with line(run) as proxy, play(run, "the network stalls for 1 s, six times", to=proxy.port, ears_at=proxy.port):
        for _ in range(6):
            run.rest(2)
            proxy.stall()
            time.sleep(1)
            proxy.flow()
        run.rest(2)


def cuts(run: Run) -> None:
    """Each tenth answer is lost, and now and then all lines are cut: the same key comes again."""
    with line(run) as proxy, play(run, "answers lost and lines cut", to=proxy.port, ears_at=proxy.port) as scene:
        for _ in range(5):
            proxy.lose_every = 10
            run.rest(3)
            proxy.cut()
        proxy.lose_every = 0
        run.rest(2)
        scene.must(sum(scene.crew.ledger.tries.values()) > 0, "no answer was lost: this proves nothing")


def half_open(run: Run) -> None:
    """Lines die and nobody tells the listeners: half of them with an end at the server, half without."""
    with line(run) as proxy, play(run, "half-open sockets, and silent ones", pace=0.5, ears_at=proxy.port) as scene:
        run.rest(3)
        proxy.half_open()
        time.sleep(1)
        scene.until(lambda: not _silent(proxy), SILENCE)
        run.rest(3)
        scene.must(not _silent(proxy), "a dead line was kept")
        scene.later.append(lambda: scene.must(scene.verdict.gap <= SILENCE, f"found after {scene.verdict.gap:.0f} s"))


def _silent(proxy: Proxy) -> bool:
    return any(one.silent and not one.down.transport.is_closing() for one in list(proxy.lines))


def asleep(run: Run) -> Iterator[None]:
    """A closed lid for five minutes, while the other scenes go on; fewer than 1,000 changes."""
    seconds = run.options.asleep
    with line(run) as proxy:
        name = f"asleep for {seconds:.0f} s"
        with play(run, name, writers=2, pace=max(0.5, seconds / 400), ears_at=proxy.port, sleeper=True) as scene:
            run.rest(3)
            proxy.shut = True
            proxy.hush()
            fell = time.monotonic()
            yield
            time.sleep(max(0.0, fell + seconds - time.monotonic()))
            proxy.shut = False
            proxy.cut()
            run.rest(6)
            scene.later.append(lambda: scene.must(scene.verdict.resyncs == 0, f"{scene.verdict.resyncs} resyncs"))


def far_behind(run: Run) -> None:
    """Asleep while 1,500 cards are made: one fresh page each, and on from there."""
    with line(run) as proxy:
        with play(run, "asleep beyond 1,000 changes", writers=4, ears_at=proxy.port, sleeper=True) as scene:
            run.rest(3)
            proxy.shut = True
            proxy.cut()
            many(scene.place, 1500)
            run.rest(3)
            proxy.shut = False
            run.rest(6)
            scene.later.append(lambda: scene.must(_once(scene.verdict.resyncs), f"{scene.verdict.resyncs} resyncs"))


def _once(resyncs: int) -> bool:
    """Of twenty listeners two ask instead, and are answered page by page, however far behind."""
    return resyncs == 18


def many(place: Place, count: int) -> None:
    with tenancy.workspace(place.id, atomic=True):
        project = Project.objects.within(place.owner.workspace).get()
    for start in range(0, count, 50):  # a long act would hold the board, and everybody else up
        create_tasks(place.owner, project, drafts=[Draft(f"Many {number}") for number in range(start, start + 50)])
