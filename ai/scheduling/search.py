"""The search for a cheaper plan: all tasks at once where they are few, else some and their neighbours again and again."""

from collections import deque
from collections.abc import Callable, Iterator

from .arranging import first_plan
from .layout import Layout
from .model import Found, Model
from .relaxing import relax
from .slots import Piece

WHOLE = 2500  # slots that are searched at once, to the end
FEWEST, MOST, TASKS = 700, 1500, 10  # slots of one neighbourhood: of so many tasks, within these bounds
STEP = 0.05  # of effort, for a neighbourhood
PAD = 2  # working days around where a task stands and where it is wanted
OVERHEAD = 0.01  # of effort, for making a model

Progress = Callable[[int, str], None]
Stop = Callable[[], bool]


class Cancelled(Exception):
    """Somebody asked to stop."""


class Search:
    """Improves a layout for as long as the effort lasts; `bound` is what no plan can cost less than."""

    def __init__(self, layout: Layout, *, effort: float, progress: Progress, cancelled: Stop) -> None:
        self.layout, self.effort, self.spent = layout, effort, 0.0
        self.progress, self.cancelled = progress, cancelled
        self.pieces = layout.grid.order
        slots = sum(len(piece.reach) for piece in self.pieces)
        self.around = min(MOST, max(FEWEST, TASKS * slots // max(1, len(self.pieces))))
        # in a circle of dependencies, or behind one
        self.lost = sum(piece.left_out for piece in layout.grid.loose) - sum(piece.left_out for piece in self.pieces)

    def run(self) -> float:
        """The bound; the layout is better for it, or as it was."""
        self._look("Measuring what can be had")
        relaxed = relax(self.layout.grid)
        guided = first_plan(self.layout.grid, relaxed)
        if guided.cost < self.layout.cost:
            self.layout.become(guided)
        if sum(len(piece.reach) for piece in self.pieces) <= WHOLE:
            return self.lost + max(relaxed.bound, self._at_once(self.pieces, self.effort).bound)
        bound = self.lost + relaxed.bound
        while self.spent < self.effort and self._round() and self.layout.cost > bound:
            pass
        return bound

    def _round(self) -> bool:
        """One neighbourhood around each task that costs something; whether any became cheaper."""
        better = False
        for seed in sorted(self.pieces, key=lambda piece: (-self._cost(piece), piece.work.id)):
            if self.spent >= self.effort:
                break
            if self._cost(seed):
                was = self.layout.cost
                self._at_once(list(self._around(seed)), STEP)
                better |= self.layout.cost < was
        return better

    def _at_once(self, pieces: list[Piece], effort: float) -> Found:
        """These pieces where they cost least while all others stand."""
        was = {piece.work.id: n for piece in pieces if (n := self.layout.take(piece)) is not None}
        model = Model(self.layout, pieces)
        model.hint(was)
        found = self._search(model, effort)
        for piece in pieces:
            n = (was if found.at is None else found.at).get(piece.work.id)
            if n is not None:
                self.layout.put(piece, n)
        return found

    def _search(self, model: Model, effort: float) -> Found:
        self._look("Placing the tasks")
        found = model.search(min(effort, max(STEP, self.effort - self.spent)))
        self.spent += found.effort + OVERHEAD
        return found

    def _look(self, step: str) -> None:
        """Tell how far it is. Raises Cancelled."""
        if self.cancelled():
            raise Cancelled
        self.progress(5 + int(90 * min(1.0, self.spent / self.effort)), step)

    def _cost(self, piece: Piece) -> int:
        n = self.layout.at.get(piece.work.id)
        return piece.left_out if n is None else piece.costs[n]

    def _around(self, seed: Piece) -> Iterator[Piece]:
        """The task, what it waits for, what waits for it, who else is in its way, and so on outwards."""
        left, seen, queue = self.around, {seed.work.id}, deque([seed])
        while queue and left > 0:
            piece = queue.popleft()
            left -= len(piece.reach)
            yield piece
            for other in [*piece.before, *piece.after, *self._rivals(piece)]:
                if other.reach and other.work.id not in seen:
                    seen.add(other.work.id)
                    queue.append(other)

    def _rivals(self, piece: Piece) -> list[Piece]:
        """Tasks of its people between where it stands and where it is wanted, roughly."""
        slot, wanted = self.layout.slot(piece), self.layout.grid.wanted(piece)
        ends = [*([slot.first, slot.last] if slot else []), *([] if wanted is None else [wanted])] or [0]
        begin, stop = min(ends) - PAD - piece.length, max(ends) + PAD
        return [
            other
            for other in self.pieces
            if (there := self.layout.slot(other))
            and there.first <= stop
            and there.last >= begin
            and not piece.takes.keys().isdisjoint(other.takes)
        ]


def search(layout: Layout, *, effort: float, progress: Progress, cancelled: Stop) -> float:
    """Improves the layout in place; what no plan can cost less than."""
    return Search(layout, effort=effort, progress=progress, cancelled=cancelled).run()
