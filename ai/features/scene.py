"""What jobs of the features read, in short transactions with the asker's eyes, and how a proposal of theirs is kept."""

from typing import Any
from uuid import UUID

from django.http import Http404

from tasks.models import Project, Task
from tasks.reading.finding import find_project, tasks_of
from workspaces.actor import Actor
from workspaces.errors import Refused
from workspaces.models import Stream

from ..asking import Receipt

GONE = "The task is gone, or no longer shared with you."


def head_of(by: Actor) -> int:
    """Where the record stands: read before what is sent."""
    return int(Stream.objects.within(by.workspace).values_list("head", flat=True).get())


def task_again(by: Actor, key: str) -> Task:
    """The task that a run was started for, if it is still there and theirs."""
    row = Task.objects.visible_to(by).select_related("project", "status").filter(pk=UUID(key)).first()
    if row is None:
        raise Refused(GONE)
    return row  # type: ignore[no-any-return]


def project_again(by: Actor, key: str) -> Project:
    """The project that a run was started for."""
    try:
        return find_project(by, key)
    except Http404:
        raise Refused("The project is gone, or no longer shared with you.") from None


def below(by: Actor, task: Task) -> list[str]:
    """The titles of what stands below a task already, as far as the actor sees it."""
    rows = tasks_of(by, task.project).filter(parent=task, archived_at=None)
    return list(rows.order_by("number").values_list("title", flat=True)[:50])


def cuts_of(receipt: Receipt) -> list[str]:
    """What was left out because all was too long, in sentences."""
    return [f"{words[0].upper()}{words[1:]}." for words in receipt.sent if words.startswith("too long")]


def receipt_shown(receipt: Receipt) -> dict[str, Any]:
    """A receipt as a run's result keeps it."""
    return {
        "id": str(receipt.usage_id), "model": receipt.model, "prompt": receipt.prompt, "input_tokens": receipt.input_tokens,
        "output_tokens": receipt.output_tokens, "cost_micros": receipt.cost_micros, "sent": list(receipt.sent),
        "cached_at": receipt.cached_at and receipt.cached_at.isoformat(),
    }  # fmt: skip
