"""What hangs on a task, by its names: a model is told which files there are, and never what is in them."""

from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

from tasks.models import Attachment, Task
from workspaces.actor import Actor

MOST, LONGEST = 20, 100  # names of one task, and characters of one


def file_names(task: Task) -> list[str]:
    """Of its files and links, the newest first."""
    rows = Attachment.objects.filter(workspace=task.workspace_id, task=task, deleted_at=None)
    return [name[:LONGEST] for name in rows.order_by("-created_at", "-pk").values_list("name", flat=True)[:MOST]]


def files_sent(names: list[str]) -> list[str]:
    """As the receipt says it."""
    return [f"the names of {len(names)} file{'' if len(names) == 1 else 's'} on it"] if names else []


def names_by_task(by: Actor, tasks: Collection[Task], most: int) -> dict[UUID, list[str]]:
    """The newest names of each of these tasks, which the actor sees."""
    rows = (
        Attachment.objects.within(by.workspace).filter(task__in=tasks, deleted_at=None).order_by("-created_at", "-pk")
    )
    found: dict[UUID, list[str]] = defaultdict(list)
    for task, name in rows.values_list("task_id", "name"):
        if len(found[task]) < most:
            found[task].append(name[:LONGEST])
    return found
