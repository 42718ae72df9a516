"""The hash chain over the record: any changed, removed or reordered row is found.

What a row says of people and their work (its facts) stands in the chain as a salted hash, so that a row still verifies
whose facts are withheld from a reader or have been erased. bin/verify_export holds the same rules, for itself.
"""

import hashlib
import json
import secrets
from datetime import UTC
from typing import Any

COLUMNS = (
    "id",
    "workspace_id",
    "seq",
    "change_id",
    "event",
    "actor_id",
    "via",
    "on_behalf_of_id",
    "subject_type",
    "subject_id",
    "version",
    "project_id",
    "cause_seq",
    "depth",
)
FACTS = ("subject_key", "subject_label", "before", "after")
GENESIS = "0" * 64
_canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str).encode


def salt(row: Any) -> None:
    """Put the hash of its facts on a new row: what needs no place in the chain yet."""
    row.salt = secrets.token_hex(16)
    row.facts_hash = facts_digest(row)


def seal(row: Any, seq: int, prev_hash: str) -> str:
    """Give a salted row its place in the chain; the hash that the next row stands on."""
    row.seq, row.prev_hash = seq, prev_hash
    row.hash = digest(row, prev_hash)
    return str(row.hash)


def facts_digest(row: Any) -> str:
    """SHA-256, in hex, of the row's salt and its facts as canonical JSON."""
    text = _canonical({name: getattr(row, name) for name in FACTS})
    return hashlib.sha256(f"{row.salt}\n{text}".encode()).hexdigest()


def digest(row: Any, prev_hash: str) -> str:
    """SHA-256, in hex, of the previous hash and the row's columns as canonical JSON, its facts as their hash.

    Rows older than `facts_hash` hold the facts themselves.
    """
    columns = {name: getattr(row, name) for name in COLUMNS}
    columns["created_at"] = row.created_at.astimezone(UTC).isoformat(timespec="microseconds")
    if row.facts_hash:
        columns["facts_hash"] = row.facts_hash
    else:
        columns |= {name: getattr(row, name) for name in FACTS}
    return hashlib.sha256(f"{prev_hash}\n{_canonical(columns)}".encode()).hexdigest()


def written(row: Any) -> str:
    """What tells a row's facts apart from any others: what an erasure keeps of each row that it rewrites."""
    return facts_digest(row) if row.facts_hash else digest(row, row.prev_hash)


def holds(row: Any) -> bool:
    """Whether a row that nobody erased from is what was written."""
    return row.hash == digest(row, row.prev_hash) and row.facts_hash in ("", facts_digest(row))
