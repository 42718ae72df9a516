"""Why what is somebody's to do cannot be done now: the words, and the way out."""

from .actor import Actor
from .errors import Refused
from .plans import beyond_words, over_words
from .suspension import Suspended


def why(by: Actor) -> Refused:
    """Suspended, more members than seats, or else a project that the plan has no room for."""
    if by.workspace.suspended_at is not None:
        return Suspended(by)
    return over_words(by.workspace) if by.workspace.over else beyond_words(by.workspace)
