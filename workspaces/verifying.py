"""Walks a workspace's record and says where it is not what was written."""

from collections.abc import Iterator
from uuid import UUID

from . import chain, tenancy
from .models import ActivityLog, Stream

AT_ONCE = 2000


def faults(workspace_id: UUID) -> Iterator[str]:
    """In one snapshot: numbers without a gap, each hash of its row and of the one before, the stream at the last row."""
    with tenancy.workspace(workspace_id, atomic=True):
        stream = Stream.objects.filter(workspace_id=workspace_id).select_for_update().first()
        if stream is None:
            yield "The workspace has no stream."
            return
        yield from _walk(stream)


def _walk(stream: Stream) -> Iterator[str]:
    """What has been pruned is taken at its word; everything above stands on it."""
    seq, last = max(stream.floor - 1, 0), None if stream.floor > 1 else chain.GENESIS
    for row in _rows(stream):
        if row.seq != seq + 1:
            yield f"seq {seq + 1} to {row.seq - 1} is missing." if row.seq > seq + 2 else f"seq {seq + 1} is missing."
        elif last is not None and row.prev_hash != last:
            yield f"seq {row.seq} does not follow from seq {row.seq - 1}: one of the two was changed or put there."
        if row.hash != chain.digest(row, row.prev_hash):
            yield f"seq {row.seq} was changed: its hash is not that of its columns."
        seq, last = row.seq, row.hash
    if seq != stream.head:
        yield f"The record ends at seq {seq}, but the stream stands at {stream.head}."
    elif last is not None and last != stream.hash:
        yield f"The stream's hash is not that of seq {seq}: the last row was changed or replaced."


def _rows(stream: Stream) -> Iterator[ActivityLog]:
    """All rows in order, some at a time."""
    seq = 0
    while page := list(ActivityLog.objects.within(stream.workspace_id).filter(seq__gt=seq).order_by("seq")[:AT_ONCE]):
        yield from page
        seq = page[-1].seq
