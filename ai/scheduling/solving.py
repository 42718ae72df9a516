"""From a problem to a plan: a first plan, the search, and the reasons."""

from collections.abc import Callable

from .arranging import first_plan, improve
from .layout import Layout
from .loads import loads
from .problem import Placed, Plan, Problem, Unplaced
from .reasons import why_nowhere, why_there
from .search import search
from .slots import Grid, Piece

# CP-SAT's own deterministic seconds, not the clock's: the same plan however busy the machine is, sooner or later
EFFORT, EACH, FEW = 1.0, 0.003, 200  # at least; more for each task beyond so many

Progress = Callable[[int, str], None]


def solve(
    problem: Problem,
    *,
    effort: float | None = None,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Plan:
    """The plan of the least cost that was found; the same for the same problem. Raises Cancelled when asked to stop."""
    tell, stop = progress or _silent, cancelled or _never
    tell(2, "Looking at what is there")
    layout = first_plan(Grid(problem))
    effort = effort or EFFORT + EACH * max(0, len(layout.grid.loose) - FEW)
    bound = search(layout, effort=effort, progress=tell, cancelled=stop)
    improve(layout)
    tell(95, "Saying why")
    return _plan(layout, bound)


def _silent(percent: int, step: str) -> None:
    """Nobody listens."""


def _never() -> bool:
    return False


def _plan(layout: Layout, bound: float) -> Plan:
    nowhere = [piece for piece in layout.grid.loose if piece.work.id not in layout.at]
    placed = [_placed(layout, piece) for piece in layout.grid.loose if piece.work.id in layout.at]
    return Plan(
        unplaced=tuple(Unplaced(piece.work.id, piece.work.ref, why_nowhere(layout, piece)) for piece in nowhere),
        changed=tuple(one for one in placed if one.because),
        kept=tuple(one for one in placed if not one.because),
        loads=loads(layout),
        cost=layout.cost,
        bound=min(bound, layout.cost),
    )


def _placed(layout: Layout, piece: Piece) -> Placed:
    n = layout.at[piece.work.id]
    slot, axis, work = piece.slots[n], layout.grid.axis, piece.work
    if n == piece.kept and work.due:
        return Placed(work.id, work.ref, axis[slot.first], work.due, work.due)
    return Placed(work.id, work.ref, axis[slot.first], axis[slot.last], work.due, why_there(layout, piece))
