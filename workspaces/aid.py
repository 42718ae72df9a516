"""Words that somebody took over from the AI: the act that saves them says so, whichever app has helped (flowboard/panels.py)."""

from collections.abc import Iterator
from contextlib import contextmanager

from .actor import Actor
from .errors import Refused
from .models import ChangeSet
from .panels import aid
from .rules import as_uuid
from .spine import acting


@contextmanager
def written_with(by: Actor, key: str) -> Iterator[None]:
    """What is done in the block was written with the AI's words, `key` being their receipt; "" for one's own."""
    if not key:
        yield
        return
    if (receipt := as_uuid(key)) is None:
        raise Refused("The field ai must be the id of a receipt.", "ai")
    note = aid(by, receipt)
    with acting(by, kind=ChangeSet.Kind.AI) as act:
        before = len(act.rows)
        yield
        if len(act.rows) > before:
            note(act.change_id)
