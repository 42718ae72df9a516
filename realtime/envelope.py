"""A row as the socket sends it: text made once, and what decides who may see it."""

from dataclasses import dataclass
from typing import Any

import orjson

from workspaces.events import wire
from workspaces.feed import person_of

LONGEST_TEXT = 2_000  # characters of one changed value: an event names what is stale, it does not carry documents
LONGEST_LIST = 100


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of a room's ring."""

    seq: int
    event: str
    project_id: str | None
    person: str | None
    task_id: str | None
    text: str

    @property
    def cursor(self) -> str:
        """What goes out instead to a person who may not see the row."""
        return cursor(self.seq)


def cursor(seq: int) -> str:
    return f'{{"event":"cursor","seq":{seq}}}'


def control(event: str, seq: int, epoch: str) -> str:
    """`head` and `resync`."""
    return f'{{"event":"{event}","seq":{seq},"epoch":"{epoch}"}}'


def envelope(row: Any, by_name: str) -> dict[str, Any]:
    """The row as on the wire, with long values cut and their names in `cut`."""
    made = wire(row, by_name)
    changed = made["data"]["changed"]
    if long := [name for name, value in changed.items() if _is_long(value)]:
        made["data"]["changed"] = {name: _short(value) if name in long else value for name, value in changed.items()}
        made["data"]["cut"] = long
    return made


def entry(made: dict[str, Any], person: str | None) -> Entry:
    about = made["data"]
    return Entry(
        made["seq"], made["event"], about["projectId"], person, about.get("taskId"), orjson.dumps(made).decode()
    )


def entry_of(row: Any, by_name: str) -> Entry:
    return entry(envelope(row, by_name), person_of(row))


def _is_long(value: Any) -> bool:
    return (isinstance(value, str) and len(value) > LONGEST_TEXT) or (
        isinstance(value, list) and len(value) > LONGEST_LIST
    )


def _short(value: Any) -> Any:
    return value[: LONGEST_TEXT if isinstance(value, str) else LONGEST_LIST]
