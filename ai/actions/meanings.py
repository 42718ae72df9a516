"""What titles mean, kept beside the tasks by a worker that follows the record. It is no change, and told nobody: what is
kept follows from the title, and is made anew whenever that changes.
"""

from collections.abc import Mapping
from uuid import UUID

from tasks.models import Task
from workspaces import tenancy

from ..meaning import bits_of
from ..models import MeaningCursor, TaskMeaning


def keep_meanings(workspace_id: UUID, found: Mapping[UUID, tuple[str, bytes]], *, seq: int | None) -> None:
    """The vectors of tasks whose title is still that one, and up to which row the record has been read by that."""
    with tenancy.workspace(workspace_id, atomic=True):
        titles = dict(Task.objects.within(workspace_id).filter(pk__in=found).values_list("pk", "title"))
        rows = [
            TaskMeaning(workspace_id=workspace_id, task_id=key, bits=bits_of(vector), vector=vector)
            for key, (title, vector) in found.items()
            if titles.get(key) == title
        ]
        TaskMeaning.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["workspace", "task"], update_fields=["bits", "vector"]
        )
        if seq is not None:
            _go_on(workspace_id, seq)


def _go_on(workspace_id: UUID, seq: int) -> None:
    """Never back: of two that read at once the slower one changes nothing."""
    MeaningCursor.objects.bulk_create([MeaningCursor(workspace_id=workspace_id, seq=seq)], ignore_conflicts=True)
    MeaningCursor.objects.within(workspace_id).filter(seq__lt=seq).update(seq=seq)
