"""What is to be planned: tasks, who works on them, and what must hold."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

UNIT = 100  # points are counted in hundredths, so that half a point a day is a whole number
CHANGE = 20
MONDAY_TO_FRIDAY = frozenset(range(5))


def units(points: float) -> int:
    """Points as the planner counts them."""
    return round(points * UNIT)


@dataclass(frozen=True)
class Person:
    """Somebody with so many points a day, on their days of the week (Monday is 0) that are not days off."""

    id: str
    name: str
    capacity: int = UNIT
    weekdays: frozenset[int] = MONDAY_TO_FRIDAY
    off: frozenset[date] = frozenset()

    def works_on(self, day: date) -> bool:
        return self.capacity > 0 and day.weekday() in self.weekdays and day not in self.off


@dataclass(frozen=True)
class Work:
    """An open task: `due` is its last day as it stands; pinned, it stays there."""

    id: str
    ref: str
    points: int = UNIT
    people: tuple[str, ...] = ()
    due: date | None = None
    deadline: date | None = None
    earliest: date | None = None  # the first day of work on it
    begins: date | None = None  # work begins on this day, or the first working day after it, and on no other
    due_from: date | None = None  # a new date lies on this day or later
    pinned: bool = False
    priority: int = 0  # 0 none … 4 urgent


@dataclass(frozen=True)
class Problem:
    """Place each task's last day between `start` and `end`; `waits` are pairs (who waits, for what); at most `churn` dates move."""

    start: date
    end: date
    works: tuple[Work, ...]
    people: tuple[Person, ...] = ()
    waits: tuple[tuple[str, str], ...] = ()
    churn: int | None = None
    undated: bool = True  # tasks without a date get one
    change: int = CHANGE  # what moving a date costs; a day too late costs 10
    rate: int = UNIT  # a day, where nobody is assigned
    weekdays: frozenset[int] = MONDAY_TO_FRIDAY

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError("The end lies before the start.")


@dataclass(frozen=True)
class Because:
    """What binds: a kind for programs, words for people, and the tasks and people it is about."""

    kind: str
    words: str
    refs: tuple[str, ...] = ()
    people: tuple[str, ...] = ()


@dataclass(frozen=True)
class Placed:
    """Where a task goes; `because` is empty where its date stays."""

    id: str
    ref: str
    first: date
    due: date
    was: date | None
    because: Because | None = None


@dataclass(frozen=True)
class Unplaced:
    """A task that no date fits; it stays as it is."""

    id: str
    ref: str
    because: Because


@dataclass(frozen=True)
class Week:
    """A person's points in the week that begins on this Monday."""

    monday: date
    capacity: int
    before: int
    after: int


@dataclass(frozen=True)
class Load:
    """A person's weeks."""

    id: str
    name: str
    weeks: tuple[Week, ...]


@dataclass(frozen=True)
class Plan:
    """The dates that change, after what could not be placed; `gap` is how far the cost may lie above the best there is (0: proven best)."""

    unplaced: tuple[Unplaced, ...]
    changed: tuple[Placed, ...]
    kept: tuple[Placed, ...]
    loads: tuple[Load, ...]
    cost: int
    bound: float
    notes: tuple[str, ...] = field(default=())

    @property
    def gap(self) -> float:
        return max(0.0, (self.cost - self.bound) / self.cost) if self.cost else 0.0


def days(start: date, end: date) -> Iterator[date]:
    """Every day from the one to the other."""
    return (start + timedelta(n) for n in range((end - start).days + 1))
