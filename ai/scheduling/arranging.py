"""A plan without a search: each task in turn where it is cheapest; and what the search leaves to be had, taken."""

from heapq import heapify, heappop, heappush

from .layout import Layout
from .relaxing import Relaxed
from .slots import Grid, Piece

ROUNDS = 20  # each makes the plan cheaper; it ends by itself long before


def first_plan(grid: Grid, relaxed: Relaxed | None = None) -> Layout:
    """What waits comes after what it waits for; the earlier wanted, or the earlier it lies in a relaxed plan, the sooner its turn."""
    layout = Layout(grid)
    open_ends = {piece.work.id: sum(1 for one in piece.before if not one.fixed) for piece in grid.loose}
    pieces = {piece.work.id: piece for piece in grid.loose}
    ready = [_turn(grid, piece, relaxed) for piece in grid.loose if not open_ends[piece.work.id]]
    heapify(ready)
    while ready:
        piece = pieces[heappop(ready)[-1]]
        if (n := layout.best(piece, relaxed.order(piece) if relaxed else None)) is not None:
            layout.put(piece, n)
        for other in piece.after:
            if not other.fixed:
                open_ends[other.work.id] -= 1
                if not open_ends[other.work.id]:
                    heappush(ready, _turn(grid, other, relaxed))
    improve(layout)
    return layout


def _turn(grid: Grid, piece: Piece, relaxed: Relaxed | None) -> tuple[float, int, str]:
    if relaxed:
        return (relaxed.middle(piece), -piece.work.priority, piece.work.id)
    wanted = grid.wanted(piece)
    return (piece.latest if wanted is None else min(wanted, piece.latest), -piece.work.priority, piece.work.id)


def improve(layout: Layout) -> None:
    """Every task goes to the cheapest slot that is free while all others stand, until none has a cheaper one."""
    for _ in range(ROUNDS):
        if not sum(_improve(layout, piece) for piece in layout.grid.loose):
            return


def _improve(layout: Layout, piece: Piece) -> bool:
    was = layout.take(piece)
    best = layout.best(piece)
    if was is not None and (best is None or piece.costs[best] >= piece.costs[was]):
        best = was
    if best is not None:
        layout.put(piece, best)
    return best != was
