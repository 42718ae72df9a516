"""Some of the tasks at once, all others standing: rules over yes-and-no variables, for CP-SAT."""

from collections import defaultdict
from collections.abc import Container, Sequence
from typing import Any, NamedTuple

from .layout import Layout
from .slots import Piece

SEED = 1


class Found(NamedTuple):
    """What the search of a model came to: where its pieces go, the bound it proved, and what it took."""

    at: dict[str, int] | None
    bound: float
    effort: float


class Model:
    """Where to put these pieces, which stand nowhere now; one variable for each slot that is free for them, `beside` others."""

    def __init__(self, layout: Layout, pieces: Sequence[Piece], beside: Container[str] = ()) -> None:
        from ortools.sat.python import cp_model

        self.layout, self.pieces = layout, pieces
        self.beside = beside or {piece.work.id for piece in pieces}
        self.rules = cp_model.CpModel()
        self.stands: dict[str, dict[int, Any]] = {}
        self.out: dict[str, Any] = {}
        for piece in pieces:
            self._choice(piece)
        for piece in pieces:
            self._waits(piece)
        self._room()
        self._churn()
        self.rules.minimize(sum(cost * one for piece in pieces for cost, one in self._costs(piece)))

    def hint(self, at: dict[str, int]) -> None:
        """A plan to begin with."""
        for piece in self.pieces:
            n = at.get(piece.work.id)
            for m, one in self.stands[piece.work.id].items():
                self.rules.add_hint(one, m == n)
            self.rules.add_hint(self.out[piece.work.id], n is None)

    def search(self, effort: float) -> Found:
        """The best that this much effort finds, in CP-SAT's deterministic seconds and one after the other: the same each time."""
        from ortools.sat.python import cp_model

        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = SEED
        solver.parameters.max_deterministic_time = effort
        solver.parameters.cp_model_probing_level = 0
        solver.parameters.symmetry_level = 0
        state = solver.solve(self.rules)
        spent = float(solver.response_proto.deterministic_time)
        if state not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return Found(None, solver.best_objective_bound, spent)
        at = {id: n for id, stands in self.stands.items() for n, one in stands.items() if solver.boolean_value(one)}
        return Found(at, solver.best_objective_bound, spent)

    def _costs(self, piece: Piece) -> list[tuple[int, Any]]:
        stands = [(piece.costs[n], one) for n, one in self.stands[piece.work.id].items() if piece.costs[n]]
        return [*stands, (piece.left_out, self.out[piece.work.id])]

    def _choice(self, piece: Piece) -> None:
        """One of the slots that those who stay leave it, or nowhere unless something that stays waits for it."""
        id, rules = piece.work.id, self.rules
        stands = {n: rules.new_bool_var("") for n in piece.reach if self.layout.fits(piece, n, self.beside)}
        out = rules.new_bool_var("")
        rules.add_exactly_one([*stands.values(), out])
        if any(other.work.id in self.layout.at for other in piece.after):
            rules.add(out == 0)
        self.stands[id], self.out[id] = stands, out

    def _waits(self, piece: Piece) -> None:
        """Day for day: either it has not begun, or what it waits for is done."""
        mine = self.stands[piece.work.id]
        for other in piece.before:
            if other.work.id not in self.stands:
                continue
            theirs = self.stands[other.work.id]
            self.rules.add_implication(self.out[other.work.id], self.out[piece.work.id])
            for last in sorted({other.slots[n].last for n in theirs}):
                late = [one for n, one in theirs.items() if other.slots[n].last >= last]
                begun = [one for n, one in mine.items() if piece.slots[n].first <= last]
                if begun:
                    self.rules.add_at_most_one([*late, *begun])

    def _room(self) -> None:
        taken: dict[tuple[str, int], list[tuple[int, Any]]] = defaultdict(list)
        for piece in self.pieces:
            for n, one in self.stands[piece.work.id].items():
                slot = piece.slots[n]
                for who, takes in piece.takes.items():
                    for day in range(slot.first, slot.last + 1):
                        taken[who, day].append((takes, one))
        for (who, day), terms in taken.items():
            room = self.layout.room[who][day]
            if all(2 * takes > room for takes, _ in terms):
                self.rules.add_at_most_one([one for _, one in terms])
            else:
                self.rules.add(sum(takes * one for takes, one in terms) <= room)

    def _churn(self) -> None:
        churn = self.layout.grid.problem.churn
        moves = [one for piece in self.pieces for n, one in self.stands[piece.work.id].items() if piece.changes(n)]
        if churn is not None and len(moves) > churn - self.layout.moved:
            self.rules.add(sum(moves) <= churn - self.layout.moved)
