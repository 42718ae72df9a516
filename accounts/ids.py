"""Identifiers that sort by their time of making (UUIDv7, RFC 9562)."""

import os
import time
from datetime import UTC, datetime
from uuid import UUID


def uuid7() -> UUID:
    """48 bits of Unix milliseconds, then randomness: made here since PostgreSQL 15-17 have no uuidv7()."""
    number = int.from_bytes((time.time_ns() // 1_000_000).to_bytes(6, "big") + os.urandom(10), "big")
    number = number & ~(0xF << 76) | 0x7 << 76
    number = number & ~(0x3 << 62) | 0x2 << 62
    return UUID(int=number)


def moment_of(key: UUID) -> datetime:
    """When a key was made, to the millisecond."""
    return datetime.fromtimestamp((key.int >> 80) / 1000, UTC)


def key_at(moment: datetime) -> UUID:
    """The least key that could have been made at that moment: `pk__gte` is then a range of time."""
    number = int(moment.timestamp() * 1000) << 80
    return UUID(int=number | 0x7 << 76 | 0x2 << 62)
