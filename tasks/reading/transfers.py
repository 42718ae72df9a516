"""What would come of a task in another project, said before it is done."""

from dataclasses import dataclass, replace

from workspaces.actor import Actor

from ..models import Project, Task
from ..transfers import Fit, losses, shown_in_part
from .access import Held
from .widening import Widening, compared


@dataclass(frozen=True)
class Prospect:
    """`below` subtasks go along; `widening` is who would see them all who does not now."""

    project: Project
    fit: Fit
    below: int
    widening: Widening
    partly: str

    @classmethod
    def of(cls, by: Actor, task: Task, project: Project) -> "Prospect":
        below = Task.objects.within(by.workspace).filter(parent=task, deleted_at=None).count()
        widening = compared(project, Held.of(task.project, task), Held.of(project, task), 1 + below)
        said = replace(widening, single=not below)
        return cls(project, Fit.of(task, project), below, said, shown_in_part(task, project))

    @property
    def sentence(self) -> str:
        """All that somebody has to know before they say yes; "" where nothing is lost and nobody gains."""
        return " ".join(filter(None, (self.widening.sentence, self.partly, *losses(self.fit, self.project))))


def targets(by: Actor, task: Task) -> list[Project]:
    """The projects that the actor may move it to, by name."""
    rows = Project.objects.whole_to(by).filter(archived_at=None).exclude(pk=task.project_id).order_by("name")
    return [row for row in rows if by.may("task.create", row)] if task.project.whole_to(by) else []
