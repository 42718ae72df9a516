"""The same problem with tasks that may be split over several slots: solved exactly, it costs no more than any plan, and says
roughly where each task would like to be.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import Any

from .slots import Grid, Piece

WHOLE = 250_000  # slots of which one linear program is made; beyond, one for each person's tasks
ROWS = 10_000  # slots up to which each day is a rule of who waits for whom; beyond, every second, third … day, which is less exact
LITTLE = 1e-6


@dataclass
class Relaxed:
    """`bound` is what no plan of the tasks in order costs less than; `shares` how much of each task lies in which of its slots."""

    bound: float = 0.0
    shares: dict[str, dict[int, float]] = field(default_factory=dict)

    def middle(self, piece: Piece) -> float:
        """Where the task lies on average, by its last day; at the end where it lies nowhere."""
        shares = self.shares.get(piece.work.id, {})
        weight = sum(shares.values())
        last = sum(piece.slots[n].last * share for n, share in shares.items())
        return last / weight if weight > LITTLE else float("inf")

    def order(self, piece: Piece) -> list[int]:
        """Its slots, those that hold most of it first, then those nearest to its middle."""
        if not piece.reach:
            return []
        shares, middle = self.shares.get(piece.work.id, {}), min(self.middle(piece), piece.slots[piece.reach[-1]].last)
        return sorted(piece.reach, key=lambda n: (-round(shares.get(n, 0.0), 3), abs(piece.slots[n].last - middle), n))


def relax(grid: Grid) -> Relaxed:
    """By the simplex, which finds the same each time."""
    found = Relaxed()
    for pieces in _parts(grid):
        _solve(grid, pieces, found)
    return found


def _parts(grid: Grid) -> list[list[Piece]]:
    if sum(len(piece.reach) for piece in grid.order) <= WHOLE:
        return [grid.order] if grid.order else []
    alone: dict[tuple[str, ...], list[Piece]] = defaultdict(list)
    for piece in grid.order:
        alone[piece.work.people[:1]].append(piece)
    return list(alone.values())


def _solve(grid: Grid, pieces: Sequence[Piece], found: Relaxed) -> None:
    from ortools.linear_solver.python import model_builder

    program = Program(grid, pieces, model_builder)
    solver = model_builder.ModelSolver("GLOP")
    if solver.solve(program.rules) != model_builder.SolveStatus.OPTIMAL:
        return  # nothing is known of these: no plan costs less than nothing
    found.bound += ceil(solver.objective_value - 1e-3)
    for key, stands in program.stands.items():
        shares = {n: solver.value(one) for n, one in stands.items()}
        found.shares[key] = {n: share for n, share in shares.items() if share > LITTLE}


class Program:
    """A linear program: of each task how much stands in which of its slots."""

    def __init__(self, grid: Grid, pieces: Sequence[Piece], builder: Any) -> None:
        self.grid, self.builder, self.rules = grid, builder, builder.ModelBuilder()
        self.stands: dict[str, dict[int, Any]] = {}
        self.step = 1 + sum(len(piece.reach) for piece in pieces) // ROWS
        taken: dict[tuple[str, int], list[tuple[int, Any]]] = defaultdict(list)
        costs = [term for piece in pieces for term in self._choice(piece, taken)]
        for (who, day), terms in taken.items():
            self.rules.add(self._sum(terms) <= grid.room[who][day])
        for piece in pieces:
            self._waits(piece)
        self.rules.minimize(self._sum(costs))

    def _sum(self, terms: Sequence[tuple[int, Any]]) -> Any:
        return self.builder.LinearExpr.weighted_sum([one for _, one in terms], [weight for weight, _ in terms])

    def _choice(self, piece: Piece, taken: dict[tuple[str, int], list[tuple[int, Any]]]) -> list[tuple[int, Any]]:
        """All of it somewhere or nowhere; returns what that costs."""
        stands = {n: self.rules.new_num_var(0, 1, "") for n in piece.reach}
        out = self.rules.new_num_var(0, 1, "")
        self.stands[piece.work.id] = stands
        self.rules.add(self._sum([(1, one) for one in [*stands.values(), out]]) == 1)
        for n, one in stands.items():
            for who, takes in piece.takes.items():
                for day in range(piece.slots[n].first, piece.slots[n].last + 1):
                    taken[who, day].append((takes, one))
        return [*((piece.costs[n], one) for n, one in stands.items() if piece.costs[n]), (piece.left_out, out)]

    def _waits(self, piece: Piece) -> None:
        """Day for day, as model.py has it: no more of the two than one."""
        mine = self.stands[piece.work.id]
        for other in piece.before:
            theirs = self.stands.get(other.work.id, {})
            for last in sorted({other.slots[n].last for n in theirs})[:: self.step]:
                late = [one for n, one in theirs.items() if other.slots[n].last >= last]
                begun = [one for n, one in mine.items() if piece.slots[n].first <= last]
                if begun:
                    self.rules.add(self._sum([(1, one) for one in [*late, *begun]]) <= 1)
