"""A scene: people write, others listen, something breaks; and the row of the table that comes of it."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from ._ears import Ears, Report
from ._place import Place, Verdict, forget_connections, found, judge
from ._sink import Sink
from ._system import System
from ._writers import Crew

HEALS = 5.0  # seconds that programs have to get on after PostgreSQL is back
ARRIVE = 60.0  # seconds in which everybody must have heard everything
HEAD = f"{'fault':44} {'changes':>7} {'acked':>6} {'received':>8} {'missing':>7} {'twice':>5} {'order':>5} {'gap s':>6} {'write p99':>9} {'longest':>8} {'503':>4}  verdict"


@dataclass
class Options:
    """How much of it."""

    quick: bool = False
    mutations: int = 10_000
    asleep: float = 300.0
    stopped: float = 60.0

    def span(self, seconds: float) -> float:
        """A third of it where it shall be quick."""
        return seconds / 3 if self.quick else seconds


@dataclass
class Run:
    """Everything that scenes share."""

    system: System
    ears: Ears
    sink: Sink
    options: Options
    faults: list[str] = field(default_factory=list)

    def rest(self, seconds: float) -> None:
        time.sleep(self.options.span(seconds))


@dataclass
class Scene:
    """`must` collects what was not so, in words."""

    run: Run
    name: str
    place: Place
    crew: Crew
    calm_until: float = 0.0
    locked: bool = False  # 503 is what its writers shall get
    wrong: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    later: list[Callable[[], None]] = field(default_factory=list)  # asked when the verdict is there
    reports: list[Report] = field(default_factory=list)
    verdict: Verdict = field(default_factory=Verdict)
    began: float = field(default_factory=time.monotonic)

    def must(self, true: bool, words: str) -> None:
        if not true:
            self.wrong.append(words)

    def calm(self, seconds: float) -> None:
        """How it is without the fault, for what is compared with it."""
        time.sleep(seconds)
        self.calm_until = time.monotonic()

    def until(self, true: Callable[[], bool], seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while not true():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.1)
        return True

    def arrived(self) -> bool:
        """Whether everybody who listens has heard everything."""
        head = self.place.head()
        return all(last >= head for last in self.run.ears.where(self.place.slug))

    def settle(self) -> None:
        self.until(self.arrived, ARRIVE)

    def finish(self) -> None:
        """Writers stop, listeners arrive, and all are asked."""
        self.crew.stop()
        forget_connections()
        self.settle()
        self.reports = self.run.ears.report(self.place.slug)
        self.verdict = judge(self.place, self.crew.ledger, self.reports)
        self._figures()
        for ask in self.later:
            ask()

    def refused(self) -> list[float]:
        """The 503s of moments in which PostgreSQL was there and had had time to be found again."""
        away = self.run.system.away
        return [at for at in self.crew.ledger.refused if not any(gone <= at <= back + HEALS for gone, back in away)]

    def _figures(self) -> None:
        found, ledger = self.verdict, self.crew.ledger
        for name in ("lost", "doubled", "missing", "twice", "disorder", "strange", "astray", "broken"):
            self.must(not getattr(found, name), f"{getattr(found, name)} {name}")
        self.must(not ledger.wrong, f"{len(ledger.wrong)} wrong answers, such as {ledger.wrong[:1]}")
        self.must(self.locked or not self.refused(), f"{len(self.refused())} writes refused while PostgreSQL was there")

    def told(self) -> str:
        """The row of the table."""
        found, ledger = self.verdict, self.crew.ledger
        words = "; ".join([*(self.wrong or ["ok"]), *self.notes])
        return (
            f"{self.name:44} {found.stored:7} {found.acked:6} {found.received:8} {found.missing:7} {found.twice:5} "
            f"{found.disorder:5} {found.gap:6.2f} {ledger.p99(self.calm_until) * 1000:6.0f} ms {ledger.longest():6.1f} s "
            f"{len(ledger.refused):4}  {words}"
        )

    def detail(self) -> str:
        ledger = self.crew.ledger
        seconds = time.monotonic() - self.began
        return f"    {seconds:.0f} s; tries that were not answered: {dict(ledger.tries)}; listeners: {dict(self.verdict.tally)}"


@contextmanager
def play(
    run: Run,
    name: str,
    *,
    writers: int = 8,
    pace: float = 0.2,
    count: int | None = None,
    listeners: int = 20,
    to: int = 0,
    ears_at: int = 0,
    sleeper: bool = False,
) -> Iterator[Scene]:
    """In the block something breaks; after it everybody is asked, and the row is printed. `to` and `ears_at` are ports."""
    place = found(f"{re.sub('[^a-z0-9]+', '-', name.lower()).strip('-')[:30]}-{int(time.time() * 1000) % 10**7}")
    port = run.system.port
    run.ears.add(place.orders(ears_at or port, listeners, sleeper=sleeper))
    crew = Crew(to or port, place.slug, place.hands(writers), pace=pace, count=count)
    scene = Scene(run, name, place, crew)
    scene.settle()
    crew.start()
    try:
        yield scene
    finally:
        crew.over.set()
    scene.finish()
    print(scene.told(), flush=True)
    if run.options.quick or scene.wrong:
        print(scene.detail(), flush=True)
    run.faults += [f"{name}: {words}" for words in scene.wrong]
