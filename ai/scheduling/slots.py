"""Where each task could go: the working days as one axis, and a task's slots on it with what each would cost."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from .problem import Problem, Work, days

# what a day too late, a day too early and a day without a date cost; a task left out costs more than all of them
LATE, EARLY, SOON, LEFT_OUT = 10, 3, 1, 40


@dataclass(frozen=True)
class Slot:
    """From the first to the last day, as places on the axis; its people are taken from the one to the other."""

    first: int
    last: int


@dataclass
class Piece:
    """A task on the axis: what it takes of each of its people a day, its slots in order, and what each costs."""

    work: Work
    length: int
    takes: dict[str, int]
    group: Sequence[int]  # the days on which all its people work
    slots: tuple[Slot, ...] = ()
    costs: tuple[int, ...] = ()
    kept: int | None = None  # which slot is its date as it stands
    fixed: Slot | None = None
    left_out: int = 0  # what it costs to place it nowhere
    reach: range = range(0)  # the slots that are left by what it waits for, and by what stays and waits for it
    latest: int = 0  # the last day that leaves room for what waits for it
    before: list["Piece"] = field(default_factory=list)  # what it waits for
    after: list["Piece"] = field(default_factory=list)

    def changes(self, slot: int) -> bool:
        """Whether the slot moves a date that stands."""
        return self.work.due is not None and slot != self.kept


class Grid:
    """The problem laid out: `axis` holds every day on which somebody works."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.people = {person.id: person for person in problem.people}
        self.axis = _axis(problem)
        self._everybody = [n for n, day in enumerate(self.axis) if day.weekday() in problem.weekdays]
        self._groups: dict[tuple[str, ...], list[int]] = {}
        pieces = [self._piece(work) for work in problem.works if self._planned(work)]
        self.pieces = {piece.work.id: piece for piece in pieces}
        self.loose = [piece for piece in pieces if piece.fixed is None]
        for blocked, blocking in problem.waits:
            if blocked in self.pieces and blocking in self.pieces:
                self.pieces[blocked].before.append(self.pieces[blocking])
                self.pieces[blocking].after.append(self.pieces[blocked])
        self.order = in_order(self.loose)
        self.orderly = {piece.work.id for piece in self.order}
        for piece in self.order:
            piece.reach = _reach(piece)
        for piece in reversed(self.order):
            piece.latest = _latest(piece)
        self.room = self._room()

    def floor(self, day: date) -> int:
        """The place of the last day of the axis that is not after this one; -1 where there is none."""
        return bisect_right(self.axis, day) - 1

    def first_on(self, group: Sequence[int], day: date) -> int:
        """The first place of the group that is not before the day; -1 where there is none."""
        return next((n for n in group if self.axis[n] >= day), -1)

    def _planned(self, work: Work) -> bool:
        """What has no date and shall have none is not planned, nor in anybody's way."""
        return work.due is not None or (self.problem.undated and not work.pinned)

    def _stays(self, work: Work) -> bool:
        return work.due is not None and (work.pinned or work.due > self.problem.end)

    def _piece(self, work: Work) -> Piece:
        share = -(-work.points // max(1, len(work.people)))
        rates = [self.people[one].capacity for one in work.people] or [self.problem.rate]
        length = max(1, *(-(-share // rate) for rate in rates)) if min(rates) > 0 else 0
        takes = dict.fromkeys(work.people, -(-share // length)) if length else {}
        piece = Piece(work, length, takes, self._group(work.people) if length else [])
        if self._stays(work):
            piece.fixed = self._fixed(piece)
        else:
            self._open(piece)
        return piece

    def _group(self, people: tuple[str, ...]) -> list[int]:
        if not people:
            return self._everybody
        if people not in self._groups:
            at = [self.people[one] for one in people]
            self._groups[people] = [n for n, day in enumerate(self.axis) if all(person.works_on(day) for person in at)]
        return self._groups[people]

    def _fixed(self, piece: Piece) -> Slot:
        """Where a task stays; the past is all one place, -1."""
        assert piece.work.due
        last = self.floor(piece.work.due)
        n = bisect_right(piece.group, last)
        if not n:
            return Slot(last, last)
        return Slot(piece.group[max(0, n - piece.length)], piece.group[n - 1])

    def _open(self, piece: Piece) -> None:
        """The slots between what is asked of the task, and their costs."""
        work, group, end = piece.work, piece.group, min(self.problem.end, piece.work.deadline or self.problem.end)
        begin, stop = max(self.problem.start, work.earliest or self.problem.start), self.floor(end)
        spans = zip(group, group[piece.length - 1 :], strict=False) if piece.length else ()
        wanted = self.wanted(piece)
        only = self.first_on(group, work.begins) if work.begins else None
        piece.slots = tuple(
            Slot(a, b)
            for a, b in spans
            if self.axis[a] >= begin and b <= stop and only in (None, a) and (b == wanted or self._may_be_due(work, b))
        )
        piece.kept = next((n for n, slot in enumerate(piece.slots) if slot.last == wanted), None)
        piece.costs = tuple(self._cost(piece, n, wanted) for n in range(len(piece.slots)))
        piece.left_out = (LEFT_OUT * len(self.axis) + self.problem.change) * (1 + work.priority)

    def _may_be_due(self, work: Work, last: int) -> bool:
        return work.due_from is None or self.axis[last] >= work.due_from

    def wanted(self, piece: Piece) -> int | None:
        """The last working day of the task that is not after its date as it stands; None without a date."""
        if piece.work.due is None:
            return None
        n = bisect_right(piece.group, self.floor(piece.work.due))
        return piece.group[n - 1] if n else -1

    def _cost(self, piece: Piece, n: int, wanted: int | None) -> int:
        last, weight = piece.slots[n].last, 1 + piece.work.priority
        if wanted is None:
            return SOON * weight * (last + 1)
        if n == piece.kept:
            return 0
        return self.problem.change + (LATE * weight * (last - wanted) if last > wanted else EARLY * (wanted - last))

    def _room(self) -> dict[str, list[int]]:
        """What each person has left on each day beside the tasks that stay."""
        room = {person.id: [person.capacity] * len(self.axis) for person in self.problem.people}
        for piece in self.pieces.values():
            if piece.fixed and piece.fixed.last >= 0:
                for one, takes in piece.takes.items():
                    for n in range(piece.fixed.first, piece.fixed.last + 1):
                        room[one][n] = max(0, room[one][n] - takes)
        return room


def in_order(pieces: Sequence[Piece]) -> list[Piece]:
    """What waits after what it waits for; what stands in a circle, or waits for one, is in no order and left out."""
    open_ends = {piece.work.id: sum(1 for one in piece.before if not one.fixed) for piece in pieces}
    order = [piece for piece in pieces if not open_ends[piece.work.id]]
    for piece in order:  # grows while it is walked
        for other in piece.after:
            if not other.fixed:
                open_ends[other.work.id] -= 1
                if not open_ends[other.work.id]:
                    order.append(other)
    return order


def _reach(piece: Piece) -> range:
    begin, stop = 0, len(piece.slots)
    for other in piece.before:
        if not other.fixed and not other.reach:
            return range(0)
        last = other.fixed.last if other.fixed else other.slots[other.reach[0]].last
        begin = max(begin, bisect_right(piece.slots, last, key=lambda slot: slot.first))
    for other in piece.after:
        if other.fixed:
            stop = min(stop, bisect_left(piece.slots, other.fixed.first, key=lambda slot: slot.last))
    return range(begin, max(begin, stop))


def _latest(piece: Piece) -> int:
    if not piece.reach:
        return -1
    latest = piece.slots[piece.reach[-1]].last
    for other in piece.after:
        if not other.fixed and other.reach:
            latest = min(latest, other.latest - other.length)
    return latest


def _axis(problem: Problem) -> list[date]:
    end = max([problem.end, *(work.due for work in problem.works if work.due)])
    end = min(end, problem.end + timedelta(days=366))
    return [
        day
        for day in days(problem.start, end)
        if day.weekday() in problem.weekdays or any(person.works_on(day) for person in problem.people)
    ]
