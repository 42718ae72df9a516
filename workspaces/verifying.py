"""Walks a workspace's record and says where it is not what was written."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from uuid import UUID

from . import chain, tenancy
from .models import ActivityLog, Stream

AT_ONCE = 2000
ERASED = "person:erased"


@dataclass
class Walk:
    """A walk up to the head that the stream had when it began: rows below it never change place, so nobody is kept waiting."""

    workspace_id: UUID
    head: int = 0
    hash: str = chain.GENESIS
    seq: int = 0
    erased: int = 0
    told: dict[int, dict[str, str]] = field(default_factory=dict)

    def faults(self, seen: Callable[[int], None] = lambda seq: None) -> Iterator[str]:
        """Numbers without a gap, each hash of its row and of the one before, the stream at the last row."""
        with tenancy.workspace(self.workspace_id, atomic=True):
            stream = Stream.objects.filter(workspace_id=self.workspace_id).first()
        if stream is None:
            yield "The workspace has no stream."
            return
        self.head, self.hash, self.seq = stream.head, stream.hash, max(stream.floor - 1, 0)
        # what has been pruned is taken at its word; everything above stands on it
        last = None if stream.floor > 1 else chain.GENESIS
        while page := self._page():
            for row in page:
                yield from self._row(row, last)
                self.seq, last = row.seq, row.hash
            seen(self.seq)
        yield from self._end(last)

    def _page(self) -> list[ActivityLog]:
        """Some rows, in a transaction of their own."""
        with tenancy.workspace(self.workspace_id, atomic=True):
            rows = ActivityLog.objects.within(self.workspace_id).filter(seq__gt=self.seq, seq__lte=self.head)
            page = list(rows.order_by("seq")[:AT_ONCE])
            self._hear({row.erased_seq for row in page if row.erased_seq} - set(self.told))
        return page

    def _hear(self, seqs: set[int]) -> None:
        """Read what rows of erasures say of the rows that they rewrote."""
        rows = ActivityLog.objects.within(self.workspace_id).filter(seq__in=seqs, event=ERASED)
        self.told |= {seq: {} for seq in seqs} | {row.seq: row.before.get("rows", {}) for row in rows}

    def _row(self, row: ActivityLog, last: str | None) -> Iterator[str]:
        if row.seq != self.seq + 1:
            until = f"{self.seq + 1} to {row.seq - 1}" if row.seq > self.seq + 2 else f"{self.seq + 1}"
            yield f"seq {until} is missing."
        elif last is not None and row.prev_hash != last:
            yield f"seq {row.seq} does not follow from seq {row.seq - 1}: one of the two was changed or put there."
        yield from self._erased(row) if row.erased_seq else _plain(row)

    def _erased(self, row: ActivityLog) -> Iterator[str]:
        """A row that a person was erased from: the erasure, itself in the chain, says what it holds since."""
        self.erased += 1
        told = self.told[row.erased_seq or 0].get(str(row.seq))
        if told is None:
            yield f"seq {row.seq} names seq {row.erased_seq} as an erasure, which says nothing of it."
        elif told != chain.written(row) or (row.facts_hash and row.hash != chain.digest(row, row.prev_hash)):
            yield f"seq {row.seq} was changed after the erasure in seq {row.erased_seq}."

    def _end(self, last: str | None) -> Iterator[str]:
        if self.seq != self.head:
            yield f"The record ends at seq {self.seq}, but the stream stands at {self.head}."
        elif last is not None and last != self.hash:
            yield f"The stream's hash is not that of seq {self.seq}: the last row was changed or replaced."


def _plain(row: ActivityLog) -> Iterator[str]:
    if not chain.holds(row):
        yield f"seq {row.seq} was changed: its hash is not that of its columns."


def faults(workspace_id: UUID) -> Iterator[str]:
    """What is wrong with the record, in sentences; nothing when it is whole."""
    return Walk(workspace_id).faults()
