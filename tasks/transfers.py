"""What a task finds in another project: a column and labels of the same names, and who of its people sees it there."""

from collections.abc import Iterable
from dataclasses import dataclass

from accounts.models import User
from workspaces.errors import Refused
from workspaces.models import Membership

from .models import Label, Project, Status, Task, TaskGrant
from .people import people_of


@dataclass(frozen=True)
class Fit:
    """`lost` are labels that the project does not have, `leaving` people who would not see the task there."""

    to: Status
    labels: tuple[Label, ...]
    lost: tuple[Label, ...]
    staying: tuple[User, ...]
    leaving: tuple[User, ...]

    @classmethod
    def of(cls, task: Task, project: Project, to: Status | None = None) -> "Fit":
        there = {label.name.casefold(): label for label in project.labels.filter(deleted_at=None)}
        labels = [row.label for row in task.task_labels.filter(label__deleted_at=None).select_related("label")]
        people = [row.user for row in task.assignments.select_related("user")]
        seeing = set(people_of(project, task).filter(user__in=people).values_list("user_id", flat=True))
        return cls(
            to or column_like(task.status, project),
            tuple(there[label.name.casefold()] for label in labels if label.name.casefold() in there),
            tuple(label for label in labels if label.name.casefold() not in there),
            tuple(user for user in people if user.pk in seeing),
            tuple(user for user in people if user.pk not in seeing),
        )


def column_like(status: Status, project: Project) -> Status:
    """The column of the same name, else the first for the same kind of work, else the first."""
    columns = list(project.statuses.filter(deleted_at=None).order_by("rank"))
    if not columns:
        raise Refused(f"{project.name} has no columns: add one first.", "project")
    named = [one for one in columns if one.name.casefold() == status.name.casefold()]
    alike = [one for one in columns if one.category == status.category]
    found = (named or alike or columns)[0]
    found.project = project
    return found


def losses(fit: Fit, project: Project) -> list[str]:
    """What stays behind, in sentences."""
    said = []
    if fit.lost:
        said.append(f"{project.name} has no label {_listed(label.name for label in fit.lost)}.")
    if fit.leaving:
        they = "is" if len(fit.leaving) == 1 else "are"
        said.append(f"{_listed(map(str, fit.leaving))} cannot see {project.name} and {they} taken off.")
    return said


def shown_in_part(task: Task, project: Project) -> str:
    """Whom the task is shared with alone comes to know of the project that it goes to; "" where there is nobody."""
    grants = TaskGrant.objects.filter(workspace=task.workspace_id, content_object=task).values("user")
    inside = people_of(project).values("user")
    rows = Membership.objects.within(task.workspace_id).filter(user__in=grants).exclude(user__in=inside)
    names = [str(row.user) for row in rows.select_related("user").order_by("user__name")]
    if not names:
        return ""
    return f"{_listed(names)}, with whom the task is shared, will see the name and the columns of {project.name}."


def _listed(words: Iterable[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last
