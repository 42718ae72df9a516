"""Whether somebody hears of a task, and why: as its page says it beside the bell."""

from typing import Any

from django.db.models import OuterRef, Q

from workspaces.actor import Actor

from ..models import Task, Watch

WHY = {"chosen": "you chose to", "commented": "you commented", "mentioned": "you were mentioned"}


def watches_of(by: Actor) -> Any:
    """What the actor has said of the task of the outer query, or of its project."""
    rows = Watch.objects.within(by.workspace).filter(user=by.user)
    return rows.filter(Q(task=OuterRef("pk")) | Q(project=OuterRef("project")))


def following(by: Actor, task: Any) -> dict[str, Any]:
    """Their own word on the task, then on its project; else what they are to it."""
    said = {bool(fact["task"]): fact for fact in task.watch}
    if own := said.get(True):
        return {"on": own["level"] == Watch.Level.WATCHING, "why": WHY[own["why"]]}
    if whole := said.get(False):
        return {"on": whole["level"] == Watch.Level.WATCHING, "why": "you chose so for the whole project"}
    if by.user.pk in task.people:
        return {"on": True, "why": "it is assigned to you"}
    made = _made(by, task)
    return {"on": made, "why": "you created it" if made else ""}


def _made(by: Actor, task: Task) -> bool:
    return task.creator_id == by.user.pk and not task.source
