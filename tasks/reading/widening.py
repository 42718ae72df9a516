"""Who gains what by a change of access, said before it is done."""

from dataclasses import dataclass, replace

from accounts.models import User
from workspaces.models import Membership
from workspaces.permissions import MEMBER

from ..access import GRANTS, TASK_GRANTS, gives
from ..models import Project, Task
from .access import HERE, Held, counted

SAID = {
    "comment.create": "comment", "task.create": "create tasks", "task.edit": "change tasks", "task.delete": "delete tasks",
    "project.manage": "manage the project",
}  # fmt: skip
ON_ONE = SAID | {"comment.create": "comment on it", "task.edit": "change it", "task.delete": "delete it"}


@dataclass(frozen=True)
class Widening:
    """Who gains what by a change of access; `tasks` is how many tasks it is about."""

    see: tuple[Membership, ...]
    may: tuple[Membership, ...]
    tasks: int
    more: frozenset[str]
    single: bool = False

    @property
    def guests(self) -> int:
        return sum(row.role.level < MEMBER for row in self.see)

    @property
    def sentence(self) -> str:
        """ "12 more people will see 40 tasks, 3 of them guests."; "" when nobody gains anything."""
        what = "this task" if self.single else counted(self.tasks)
        if self.see:
            then = f" They may also {self._words()}." if self.more and len(self.see) == 1 else ""
            return f"{_people(self.see)} will see {what}{_guests(self.see)}.{then}"
        if not self.may:
            return ""
        where = "" if self.single else f", in {what}"
        return f"{_people(self.may)} may then also {self._words()}{where}{_guests(self.may)}."

    def _words(self) -> str:
        words = [(ON_ONE if self.single else SAID)[name] for name in HERE if name in self.more]
        return ", ".join(words[:-1]) + (" and " if words[1:] else "") + words[-1]


def _people(rows: tuple[Membership, ...]) -> str:
    guest = " (guest)" if rows[0].role.level < MEMBER else ""
    return f"{len(rows)} more people" if len(rows) > 1 else f"{rows[0].user}{guest}"


def _guests(rows: tuple[Membership, ...]) -> str:
    count = sum(row.role.level < MEMBER for row in rows)
    return f", {count} of them guest{'s' if count > 1 else ''}" if count and len(rows) > 1 else ""


def widening(
    project: Project, task: Task | None = None, *, private: bool | None = None, person: User | None = None, grant: str = ""
) -> Widening:  # fmt: skip
    """What it would widen to make the project open or private, or to give `person` a grant on it or on the task."""
    now = Held.of(project, task)
    then = replace(now, project=dict(now.project), task=dict(now.task))
    if private is not None:
        then.private = private
    if person is not None:
        known = then.task if task else then.project
        known[person.pk] = {grant} if grant in (TASK_GRANTS if task else GRANTS) else set()
    count = 1 if task else project.tasks.filter(deleted_at=None).count()
    found = compared(project, now, then, count)
    return replace(found, single=task is not None)


def compared(project: Project, now: Held, then: Held, tasks: int) -> Widening:
    """Who gains sight, and who gains permissions, between two states of the grants."""
    see, may, more = [], [], set()
    for row in Membership.objects.within(project.workspace_id).select_related("user", "role").order_by("user__name"):
        had, has = now.paths(row), then.paths(row)
        gained = {name for name in HERE if gives(has, name) and not gives(had, name)}
        if has and not had:
            see.append(row)
        elif gained:
            may.append(row)
        more |= gained
    return Widening(tuple(see), tuple(may), tasks, frozenset(more))
