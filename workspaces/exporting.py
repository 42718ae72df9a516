"""The record as a file, streamed: JSON Lines that bin/verify_export can check, and CSV for a spreadsheet.

Rows are read some at a time, each time in a transaction of its own, up to the head that stood when the file was asked
for; so a file of a million rows takes no more memory and holds no snapshot longer than one of a hundred.
"""

import csv
import json
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC
from typing import Any

from django.http import StreamingHttpResponse
from django.utils import timezone

from . import chain, tenancy
from .actions import export_record
from .actor import Actor
from .audit import Audit, ForOwners
from .errors import Refused
from .events import says
from .faces import face
from .models import ActivityLog, Stream

AT_ONCE = 2000
FORMAT = "flowboard-audit/1"
WITHHELD = "(in a private project)"
CSV_COLUMNS = (
    "seq", "when", "who", "who_id", "door", "on_behalf_of_id", "event", "what", "object", "name", "object_type", "object_id",
    "project_id", "before", "after", "hash",
)  # fmt: skip
TYPES = {"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson"}
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def send(audit: Audit, kind: str, *, first: int = 1, last: int | None = None) -> StreamingHttpResponse:
    """The file as an answer; that it was taken is its own last row."""
    by, streams = audit.by, Stream.objects.within(audit.by.workspace)
    if first > min(last or first, streams.get().head):
        raise Refused("There is nothing from there on.", "from_seq")
    span = {name: str(value) for name, value in (("from_seq", first if first > 1 else None), ("to_seq", last)) if value}
    export_record(by, kind=kind, filters=audit.asked.told | span)
    stream = streams.get()
    first, last = max(first, stream.floor, 1), min(last or stream.head, stream.head)
    lines = table(audit, first, last) if kind == "csv" else jsonl(audit, first, last, _head(audit, last))
    return _file(by, kind, lines)


def send_whole(by: Actor) -> StreamingHttpResponse:
    """The record up to now for owners who asked the staff for it; what stands in private projects is withheld."""
    audit = ForOwners(by)
    with tenancy.workspace(by.workspace.pk, atomic=True):
        stream = Stream.objects.within(by.workspace).get()
        head = _head(audit, stream.head)
    return _file(by, "jsonl", jsonl(audit, max(stream.floor, 1), stream.head, head))


def _file(by: Actor, kind: str, lines: Iterable[str]) -> StreamingHttpResponse:
    name = f"{by.workspace.slug}-audit-{timezone.now():%Y-%m-%d}.{kind}"
    return StreamingHttpResponse(
        in_chunks(lines),
        content_type=TYPES[kind],
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )


def _head(audit: Audit, last: int) -> dict[str, Any]:
    """The hash of the last row, so that the file is known to be as long as it says."""
    rows = ActivityLog.objects.within(audit.by.workspace).filter(seq=last)
    return {
        "head": rows.values_list("hash", flat=True).first() or chain.GENESIS,
        "filter": audit.asked.told,
        "exported_at": timezone.now().astimezone(UTC).isoformat(timespec="seconds"),
    }


def jsonl(audit: Audit, first: int, last: int, head: dict[str, Any]) -> Iterator[str]:
    """A line that says what the file is, then a row a line, with everything that its hashes are made of."""
    yield _line({"format": FORMAT, "workspace": str(audit.by.workspace.pk), "from": first, "to": last, **head})
    for row in _rows(audit, first, last):
        yield _line(columns(row, withheld=audit.withheld(row)))


def columns(row: ActivityLog, *, withheld: bool) -> dict[str, Any]:
    """A row as it is hashed; `facts` and `salt` are null where they are withheld or were erased."""
    told = {name: _plain(getattr(row, name)) for name in chain.COLUMNS}
    kept = not (withheld or row.erased_seq)
    return told | {
        "created_at": row.created_at.astimezone(UTC).isoformat(timespec="microseconds"),
        "facts_hash": row.facts_hash,
        "prev_hash": row.prev_hash,
        "hash": row.hash,
        "erased_seq": row.erased_seq,
        "salt": row.salt if kept else None,
        "facts": {name: getattr(row, name) for name in chain.FACTS} if kept else None,
    }


def table(audit: Audit, first: int, last: int) -> Iterator[str]:
    """The same rows for people, with names and sentences."""
    write = csv.writer(_Echo()).writerow
    yield "\ufeff" + write(CSV_COLUMNS)  # so that a spreadsheet reads it as UTF-8
    for row in _rows(audit, first, last):
        yield write([safe(cell) for cell in _cells(row, withheld=audit.withheld(row))])


def safe(cell: Any) -> str:
    """No spreadsheet takes it for a formula."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(FORMULA) else text


def _cells(row: ActivityLog, *, withheld: bool) -> list[Any]:
    facts = (
        [WITHHELD, "", "", ""]
        if withheld
        else [row.subject_key, row.subject_label, _json(row.before), _json(row.after)]
    )
    key, name, before, after = facts
    return [
        row.seq, row.created_at.astimezone(UTC).isoformat(timespec="microseconds"), face(row.actor)["name"], row.actor_id,
        row.via, row.on_behalf_of_id, row.event, WITHHELD if withheld else says(row), key, name, row.subject_type,
        row.subject_id, row.project_id, before, after, row.hash,
    ]  # fmt: skip


def _rows(audit: Audit, first: int, last: int) -> Iterator[ActivityLog]:
    """In order of the record, whatever the filter."""
    workspace = audit.by.workspace.pk
    with tenancy.workspace(workspace, atomic=True):
        rows = audit.rows().select_related("actor").order_by("seq")
        _ = audit.eyes
    for start in range(first, last + 1, AT_ONCE):
        with tenancy.workspace(workspace, atomic=True):
            page = list(rows.filter(seq__gte=start, seq__lt=min(start + AT_ONCE, last + 1)))
        yield from page


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, int | str) else str(value)


def _line(value: dict[str, Any]) -> str:
    return f"{_json(value)}\n"


_json: Callable[[Any], str] = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode


class _Echo:
    """What csv writes to, to have the line back."""

    def write(self, line: str) -> str:
        return line


def in_chunks(lines: Iterable[str], size: int = 64 * 1024) -> Iterator[bytes]:
    """Lines joined to pieces worth sending."""
    kept: list[str] = []
    length = 0
    for line in lines:
        kept.append(line)
        length += len(line)
        if length >= size:
            yield "".join(kept).encode()
            kept, length = [], 0
    if kept:
        yield "".join(kept).encode()
