"""How far an import is: told through the cache, since its transaction shows nothing before it commits."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.core.cache import cache

from tasks.models import ImportRun

KEPT = 60 * 60
Tell = Callable[[int, str], None]


@dataclass(frozen=True)
class Progress:
    """`percent` of the way, and what is being done."""

    percent: int
    step: str


def teller(run_id: UUID) -> Tell:
    """What the work calls as it goes on."""
    return lambda percent, step: cache.set(_key(run_id), (percent, step), KEPT)


def silent(percent: int, step: str) -> None:
    """For whom nobody waits."""


def progress_of(run: ImportRun) -> Progress:
    """Where the import stands; while Redis is away, as good as unknown."""
    if run.state in (ImportRun.State.DONE, ImportRun.State.FAILED):
        return Progress(100, "Finished" if run.state == ImportRun.State.DONE else "Failed")
    percent, step = cache.get(_key(run.pk)) or (0, "Waiting for a free worker")
    return Progress(percent, step)


def _key(run_id: UUID) -> str:
    return f"import:{run_id}"
