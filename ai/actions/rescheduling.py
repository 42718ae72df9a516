"""Rescheduling a project: started here, done by a worker (ai/rescheduling/planning.py). It needs no model."""

from tasks.models import Project
from workspaces.actor import Actor
from workspaces.errors import Forbidden, Refused
from workspaces.rules import text
from workspaces.spine import action

from ..models import AIRun
from ..opening import must_be_on
from ..rescheduling.wishes import Json, read_wishes
from .runs import start_run

LONGEST = 4_000  # characters of words
PARTLY = "You see only some tasks of this project: a plan needs eyes for all of it."


@action
def start_reschedule(by: Actor, project: Project, *, wishes: Json) -> AIRun:
    """Have a project's open tasks placed anew; what comes of it is a proposal. See read_wishes for what may be asked of it."""
    may_plan(by, project)
    return start_run(
        by, kind="reschedule", inputs={"project": project.key, "wishes": read_wishes(by, project, wishes).kept}
    )


@action
def start_reading(by: Actor, project: Project, *, wishes: Json, words: str) -> AIRun:
    """Have a model read words as wishes of a plan; they are added to these, and nothing is planned yet."""
    must_be_on(by)
    may_plan(by, project)
    said = text(words, "words", longest=LONGEST).strip()
    if not said:
        raise Refused("Say what the plan has to keep to.", "words")
    kept = read_wishes(by, project, wishes).kept
    return start_run(by, kind="reading", inputs={"project": project.key, "words": said, "wishes": kept})


def may_plan(by: Actor, project: Project) -> None:
    """Raises Forbidden, or Refused where there is nothing to plan."""
    by.must("ai.use")
    if not project.whole_to(by):
        raise Forbidden(PARTLY)
    if project.archived_at:
        raise Refused(f"{project.name} is archived: bring it back first.", "project")
