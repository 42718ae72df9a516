"""Having it said how a project stands: started here, done by a worker (ai/features/analysing.py)."""

from tasks.models import Project
from workspaces.actor import Actor
from workspaces.rules import text
from workspaces.spine import action

from ..models import AIRun
from ..opening import must_be_on
from .runs import start_run

LONGEST = 500  # characters of a question


@action
def start_analysis(by: Actor, project: Project, *, question: str = "", again: bool = False) -> AIRun:
    """Have it said how a project stands, or a question answered from its facts."""
    must_be_on(by)
    words = " ".join(text(question, "question", longest=LONGEST).split())
    inputs = {"project": project.key, "question": words} | ({"again": True} if again else {})
    return start_run(by, kind="analyse", inputs=inputs)
