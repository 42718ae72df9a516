"""All suggestions for a task: rules and likeness, what was learned, and what a model added."""

from dataclasses import dataclass, replace
from datetime import timedelta

from django.utils import timezone

from tasks.models import Project, Task
from tasks.reading.transfers import Prospect
from workspaces.actor import Actor

from ..models import AIRun
from .learning import learned
from .modelling import latest_runs, modelled
from .triaging import FIELDS, Scene, Suggestion, rules_and_likeness

FRESH = timedelta(minutes=1)
ONCE = ("assignee", "priority", "project")


@dataclass(frozen=True)
class Suggested:
    """What is suggested, and how it stands with the model."""

    scene: Scene
    suggestions: list[Suggestion]
    run: AIRun | None = None

    @property
    def asking(self) -> bool:
        return self.run is not None and self.run.state in (AIRun.State.QUEUED, AIRun.State.RUNNING)

    @property
    def fresh(self) -> bool:
        """Whether a model is being asked, or has just been: the line stays open."""
        ended = self.run and self.run.finished_at
        return self.asking or bool(ended and ended > timezone.now() - FRESH)

    @property
    def staying(self) -> list[Suggestion]:
        """Those that can be taken together: the task stays where it is."""
        return [one for one in self.suggestions if not one.moves]


def suggested(by: Actor, task: Task) -> Suggested:
    """For a task that is there."""
    scene, runs = Scene.of(by, task.project, task.title, task.description, task), latest_runs(by, task.pk)
    found = learned(scene, _merged(rules_and_likeness(scene), modelled(scene, runs)))
    found = [replace(one, then=_then(scene, task, one)) if one.moves else one for one in found]
    return Suggested(scene, found, runs[0] if runs else None)


def suggested_for(by: Actor, project: Project, title: str, description: str) -> Suggested:
    """For one that is not made yet."""
    scene = Scene.of(by, project, title, description)
    return Suggested(scene, learned(scene, rules_and_likeness(scene)))


def _then(scene: Scene, task: Task, one: Suggestion) -> str:
    """What a yes would do, said before it is said."""
    if one.field == "duplicate":
        return "Taken, both say so, its people and watchers go over, and this one is archived."
    project = next(row for row in scene.projects.values() if row.key == one.value)
    said = "Taken, the task moves there with all that hangs on it."
    return f"{said} {Prospect.of(scene.by, task, project).sentence}".strip()


def _merged(found: list[Suggestion], added: list[Suggestion]) -> list[Suggestion]:
    """The model's, where rules and likeness say nothing; of what there can be one of, theirs goes first."""
    fields, known = {one.field for one in found}, {one.id for one in found}
    for one in added:
        if one.id not in known and (one.field not in ONCE or one.field not in fields):
            found = [*found, one]
            fields.add(one.field)
            known.add(one.id)
    return sorted(found, key=lambda one: FIELDS.index(one.field))
