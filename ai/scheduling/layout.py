"""Where the tasks stand so far: what may be put where, and what is in the way."""

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass

from .slots import Grid, Piece, Slot


@dataclass(frozen=True)
class Fault:
    """Why a piece cannot stand in a slot: it waits for another, another waits for it, somebody is full, or the budget is spent."""

    kind: str
    piece: Piece
    other: Piece | None = None
    there: Slot | None = None
    person: str = ""
    day: int = -1


class Layout:
    """One arrangement of the pieces, changed by `put` and `take`."""

    def __init__(self, grid: Grid) -> None:
        self.grid = grid
        self.room = {one: list(row) for one, row in grid.room.items()}
        self.at: dict[str, int] = {}  # task → which of its slots
        self.moved = 0  # dates that change

    @property
    def cost(self) -> int:
        return sum(
            piece.costs[self.at[piece.work.id]] if piece.work.id in self.at else piece.left_out
            for piece in self.grid.loose
        )

    def become(self, other: "Layout") -> None:
        """The arrangement of another one."""
        self.room, self.at, self.moved = other.room, other.at, other.moved

    def slot(self, piece: Piece) -> Slot | None:
        if piece.fixed:
            return piece.fixed
        n = self.at.get(piece.work.id)
        return None if n is None else piece.slots[n]

    def put(self, piece: Piece, n: int) -> None:
        self.at[piece.work.id] = n
        self.moved += piece.changes(n)
        self._fill(piece, n, -1)

    def take(self, piece: Piece) -> int | None:
        """The piece is nowhere; returns where it was."""
        n = self.at.pop(piece.work.id, None)
        if n is not None:
            self.moved -= piece.changes(n)
            self._fill(piece, n, 1)
        return n

    def _fill(self, piece: Piece, n: int, sign: int) -> None:
        slot = piece.slots[n]
        for one, takes in piece.takes.items():
            row = self.room[one]
            for day in range(slot.first, slot.last + 1):
                row[day] += sign * takes

    def fits(self, piece: Piece, n: int, beside: Container[str] = ()) -> bool:
        """Whether nothing is in the way, these tasks aside."""
        return next(self.faults(piece, n, beside), None) is None

    def best(self, piece: Piece, order: Sequence[int] | None = None) -> int | None:
        """The first slot that is free for a piece that is nowhere: the cheapest, or in another order."""
        order = order or sorted(piece.reach, key=piece.costs.__getitem__)
        return next((n for n in order if self.fits(piece, n)), None)

    def faults(self, piece: Piece, n: int, beside: Container[str] = ()) -> Iterator[Fault]:
        """What is in the way of putting the piece there, which is nowhere now; these tasks aside."""
        slot = piece.slots[n]
        for other in piece.before:
            there = self.slot(other)
            if other.work.id in beside:
                continue
            if there is None or there.last >= slot.first:
                yield Fault("waits", piece, other, there)
        for other in piece.after:
            there = self.slot(other)
            if there and there.first <= slot.last:
                yield Fault("holds", piece, other, there)
        for one, takes in piece.takes.items():
            row = self.room[one]
            for day in range(slot.first, slot.last + 1):
                if row[day] < takes:
                    yield Fault("full", piece, person=one, day=day)
                    break
        churn = self.grid.problem.churn
        if churn is not None and piece.changes(n) and self.moved >= churn:
            yield Fault("churn", piece)
