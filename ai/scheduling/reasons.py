"""Why a task goes where it goes, and why one goes nowhere: the rule that binds, in words."""

from datetime import date

from .layout import Fault, Layout
from .problem import UNIT, Because
from .slots import Piece

NEAR = 3  # names in a sentence


def why_there(layout: Layout, piece: Piece) -> Because:
    """What keeps a task that changes from the nearest date it would rather have."""
    n = layout.take(piece)
    assert n is not None
    try:
        rather = [m for m, cost in enumerate(piece.costs) if cost < piece.costs[n]]
        if not rather:
            return _window(layout, piece, n)
        near = min(rather, key=lambda m: (abs(piece.slots[m].last - piece.slots[n].last), piece.costs[m]))
        fault = next(layout.faults(piece, near), None)
        return _said(layout, fault) if fault else _better(layout, piece, near)
    finally:
        layout.put(piece, n)


def why_nowhere(layout: Layout, piece: Piece) -> Because:
    """What rules out every date of a task that could not be placed."""
    if piece.work.id not in layout.grid.orderly:
        return Because("circle", "It waits for itself, by way of others, or for a task that does.")
    if not piece.slots:
        return _no_window(layout, piece)
    for other in piece.before:
        if layout.slot(other) is None:
            return Because("waits", f"It waits for {other.work.ref}, which could not be placed.", (other.work.ref,))
    found = [list(layout.faults(piece, n)) for n in range(len(piece.slots))]
    if any(fault.kind == "churn" for faults in found for fault in faults[:1]):
        churn = layout.grid.problem.churn
        spent = f"{_dates(churn)} that may move are used up" if churn else "none may"
        return Because("churn", f"Its date would have to move, and {spent}.")
    last = next((faults[0] for faults in reversed(found) if faults), None)
    return (
        _crowded(layout, piece, last) if last else Because("left", "There was room for it, and no plan found with it.")
    )


def _window(layout: Layout, piece: Piece, n: int) -> Because:
    """The task stands as near to what is wanted as it may at all: what is asked of it, its length and days off say how near."""
    grid, work, slot = layout.grid, piece.work, piece.slots[n]
    if work.begins:
        return Because("pin", f"It is pinned to begin on {day(work.begins)}; {_length(piece)}.")
    if work.due is None:
        return Because("undated", f"It had no date; {_length(piece)} from {day(grid.axis[slot.first])} on.")
    if work.deadline and work.deadline < work.due:
        return Because("deadline", f"It must be done by {day(work.deadline)}.")
    if work.due_from and slot.last == grid.first_on(piece.group, work.due_from):
        return Because("frozen", f"No date before {day(work.due_from)} may change.")
    if work.due < grid.problem.start:
        return Because("overdue", f"Its date, {day(work.due)}, has passed; {_length(piece)}.")
    if work.earliest and grid.axis[slot.first] >= work.earliest > grid.problem.start:
        return Because("earliest", f"It may not begin before {day(work.earliest)}; {_length(piece)}.")
    return Because(
        "length", f"It cannot be done by {day(work.due)}: {_length(piece)} from {day(grid.axis[slot.first])} on."
    )


def _no_window(layout: Layout, piece: Piece) -> Because:
    problem, work = layout.grid.problem, piece.work
    if not piece.length:
        name = next(person.name for person in problem.people if person.id in work.people and person.capacity <= 0)
        return Because("capacity", f"{name} has no points a day.", people=(name,))
    if work.begins:
        return _no_room_after_pin(work.begins, piece)
    begin = max(problem.start, work.earliest or problem.start)
    end = min(problem.end, work.deadline or problem.end)
    limit = (
        f"its deadline, {day(end)}" if work.deadline and end == work.deadline else f"the end of the plan, {day(end)}"
    )
    there = sum(1 for n in piece.group if begin <= layout.grid.axis[n] <= end)
    names = _names(layout, piece)
    kind = "deadline" if work.deadline and end == work.deadline else "end"
    return Because(kind, f"{_length(piece)}, and {_working(names)} {_days(there)} until {limit}.", people=tuple(names))


def _no_room_after_pin(begins: date, piece: Piece) -> Because:
    words = f"It is pinned to begin on {day(begins)}, and {_length(piece)}: that ends after all that is planned."
    return Because("pin", words)


def _crowded(layout: Layout, piece: Piece, fault: Fault) -> Because:
    """The last of its dates and what is in the way there, which stands for all of them."""
    end = layout.grid.axis[piece.slots[-1].last]
    said = _said(layout, fault)
    return Because(said.kind, f"No date until {day(end)} fits. {said.words}", said.refs, said.people)


def _said(layout: Layout, fault: Fault) -> Because:
    if fault.kind == "full":
        return _full(layout, fault)
    if fault.kind == "churn":
        return Because("churn", f"No more than {_dates(layout.grid.problem.churn or 0)} may move.")
    assert fault.other
    ref, there = fault.other.work.ref, fault.there
    if fault.kind == "waits":
        end = f"which is done on {day(_due(layout, fault.other))}" if there else "which could not be placed"
        return Because("waits", f"It waits for {ref}, {end}.", (ref,))
    assert there
    stays = ", which stays," if fault.other.fixed else ""
    return Because(
        "holds", f"{ref}{stays} waits for it and begins on {day(layout.grid.axis[max(0, there.first)])}.", (ref,)
    )


def _full(layout: Layout, fault: Fault) -> Because:
    """Whose day is full, and with what."""
    there = []
    for other in layout.grid.pieces.values():
        slot = layout.slot(other)
        if slot and fault.person in other.takes and slot.first <= fault.day <= slot.last:
            there.append(other.work.ref)
    name = layout.grid.people[fault.person].name
    return Because(
        "full", f"{name} is full on {day(layout.grid.axis[fault.day])} with {listed(there)}.", tuple(there), (name,)
    )


def _better(layout: Layout, piece: Piece, near: int) -> Because:
    """Only where two tasks would have to change places."""
    return Because("cost", f"A date nearer to {day(layout.grid.axis[piece.slots[near].last])} would move others more.")


def _due(layout: Layout, piece: Piece) -> date:
    slot = layout.slot(piece)
    assert slot
    return piece.work.due if piece.fixed and piece.work.due else layout.grid.axis[max(0, slot.last)]


def _names(layout: Layout, piece: Piece) -> list[str]:
    return [layout.grid.people[one].name for one in piece.work.people]


def _working(names: list[str]) -> str:
    if not names:
        return "there are"
    return f"{listed(names)} {'has' if len(names) == 1 else 'have together'}"


def _length(piece: Piece) -> str:
    points = piece.work.points / UNIT
    return f"{points:g} {'point takes' if points == 1 else 'points take'} {_days(piece.length)}"


def _days(count: int) -> str:
    return "1 working day" if count == 1 else f"{count} working days"


def _dates(count: int) -> str:
    return "1 date" if count == 1 else f"{count} dates"


def listed(names: list[str], most: int = NEAR) -> str:
    """Names as people say them, the first few and how many more."""
    if len(names) > most:
        names = [*names[:most], f"{len(names) - most} more"]
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def day(value: date) -> str:
    """3 December"""
    return f"{value.day} {value:%B}"
