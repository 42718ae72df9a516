"""How many requests were refused for their number, by day, workspace and kind of limit: counted in memory, taken up by whoever keeps it.

A refused request must cost next to nothing, so nothing is written for it. A process that ends loses its last seconds.
"""

import threading
from collections import Counter
from datetime import date
from uuid import UUID

from ..limiting import Count

Key = tuple[date, UUID | None, str]
_counts: Counter[Key] = Counter()
_lock = threading.Lock()


def note(count: Count, day: date) -> None:
    """`person:<workspace>:<person>`, `token:…`, `workspace:<workspace>`, `address:…` (workspaces/rest/throttle.py)."""
    kind, where = (*count.key.split(":"), "")[:2]
    tenant = UUID(where) if kind != "address" and len(where) == 32 else None
    with _lock:
        _counts[day, tenant, kind] += 1


def waiting() -> bool:
    """Whether there is anything to take."""
    return bool(_counts)


def take() -> dict[Key, int]:
    """What was counted since the last time."""
    with _lock:
        found = dict(_counts)
        _counts.clear()
    return found
