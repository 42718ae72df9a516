"""The hash chain over the record: any changed, removed or reordered row is found."""

import hashlib
import json
from datetime import UTC
from typing import Any

FIELDS = (
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
    "subject_key",
    "subject_label",
    "version",
    "project_id",
    "before",
    "after",
    "cause_seq",
    "depth",
)
GENESIS = "0" * 64


def digest(row: Any, prev_hash: str) -> str:
    """SHA-256, in hex, of the previous hash and the row's columns as canonical JSON."""
    columns = {name: getattr(row, name) for name in FIELDS}
    columns["created_at"] = row.created_at.astimezone(UTC).isoformat(timespec="microseconds")
    text = json.dumps(columns, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    return hashlib.sha256(f"{prev_hash}\n{text}".encode()).hexdigest()
