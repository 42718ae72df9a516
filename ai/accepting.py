"""How an act is marked whose words somebody took over from the AI: registered in flowboard/panels.py."""

from collections.abc import Callable
from functools import partial
from uuid import UUID

from workspaces.actor import Actor

from .actions.accepting import note_written, written_with


def aid(by: Actor, receipt: UUID) -> Callable[[UUID], None]:
    """Raises Refused for what is no receipt of theirs."""
    return partial(note_written, by, written_with(by, receipt))
