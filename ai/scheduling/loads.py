"""Who has how much in which week, before and after."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, timedelta

from .layout import Layout
from .problem import Load, Person, Week
from .slots import Grid, Piece, Slot


def loads(layout: Layout) -> tuple[Load, ...]:
    """Each person's weeks, in the order of the problem's people."""
    grid = layout.grid
    before = _points(grid, lambda piece: _as_it_stands(grid, piece))
    after = _points(grid, lambda piece: layout.slot(piece) or _as_it_stands(grid, piece))
    mondays = sorted({_monday(day) for day in grid.axis if day <= grid.problem.end})
    return tuple(
        Load(person.id, person.name, tuple(
            Week(monday, _capacity(grid, person, monday), before[person.id, monday], after[person.id, monday])
            for monday in mondays
        ))
        for person in grid.problem.people
    )  # fmt: skip


def _points(grid: Grid, where: Callable[[Piece], Slot | None]) -> Counter[tuple[str, date]]:
    """The points of each person and week, if every task stood where it is said to."""
    found: Counter[tuple[str, date]] = Counter()
    for piece in grid.pieces.values():
        slot = where(piece)
        if slot:
            for one, monday, points in _spread(grid, piece, slot):
                found[one, monday] += points
    return found


def _spread(grid: Grid, piece: Piece, slot: Slot) -> Iterator[tuple[str, date, int]]:
    """A task's points over the days on which all its people work; what lies in the past falls on the first day."""
    share = -(-piece.work.points // max(1, len(piece.work.people)))
    at = [n for n in piece.group if slot.first <= n <= slot.last] or [max(0, slot.last)]
    for one in piece.work.people:
        for k, n in enumerate(at):
            part = share * (k + 1) // len(at) - share * k // len(at)
            yield one, _monday(grid.axis[n]), part


def _as_it_stands(grid: Grid, piece: Piece) -> Slot | None:
    """Where its date puts it; nowhere without one."""
    if piece.fixed:
        return piece.fixed
    last = grid.wanted(piece)
    if last is None:
        return None
    at = [n for n in piece.group if n <= last][-max(1, piece.length) :]
    return Slot(at[0], at[-1]) if at else Slot(last, last)


def _capacity(grid: Grid, person: Person, monday: date) -> int:
    week = (monday + timedelta(n) for n in range(7))
    return sum(
        person.capacity for day in week if grid.problem.start <= day <= grid.problem.end and person.works_on(day)
    )


def _monday(day: date) -> date:
    return day - timedelta(day.weekday())
