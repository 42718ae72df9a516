"""Breaking work down: started here, done by a worker (ai/features/breaking.py)."""

from typing import Any

from tasks.models import Project, Task
from workspaces.actions.proposals import must_propose
from workspaces.actor import Actor
from workspaces.errors import Refused
from workspaces.rules import text
from workspaces.spine import action

from ..models import AIRun
from ..opening import must_be_on
from .runs import start_run

LONGEST = 20_000  # characters of a text
HOW = ("model", "lines")


@action
def start_breakdown(by: Actor, subject: Task | Project, *, pasted: str = "", lines: bool = False) -> AIRun:
    """Have a task, or a text pasted for a project, broken down into a proposal; `lines`: by its own lines, whether the AI is on or off."""
    if not lines:
        must_be_on(by)
    must_propose(by)
    project = subject.project if isinstance(subject, Task) else subject
    if isinstance(subject, Task):
        by.must("task.edit", subject)
    by.must("task.create", project)
    if project.archived_at:
        raise Refused(f"{project.name} is archived: bring it back first.")
    inputs = {"task": str(subject.pk)} if isinstance(subject, Task) else _text_for(project, pasted)
    return start_run(by, kind="breakdown", inputs=inputs | ({"lines": True} if lines else {}))


def _text_for(project: Project, pasted: str) -> dict[str, Any]:
    words = text(pasted, "text", longest=LONGEST).strip()
    if not words:
        raise Refused("Paste the text that is to become tasks.", "text")
    return {"project": project.key, "text": words}
