"""Who can see this, and why: `access.paths` of everybody, in words; and what a change of it would widen."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet
from django.utils import timezone

from accounts.models import User
from workspaces.actor import Actor
from workspaces.models import ActivityLog, Membership
from workspaces.permissions import MEMBER, PERMISSIONS

from ..access import GRANTS, PART, TASK_GRANTS, Path, gives, paths
from ..models import Project, ProjectGrant, Task, TaskGrant
from ..people import people_of, people_seeing

MAY = {"view": "may read", "comment": "may read and comment", "edit": "may edit"}
HERE = (
    "comment.create",
    "task.create",
    "task.edit",
    "task.delete",
    "project.manage",
)  # what a role may do in a project


@dataclass(frozen=True)
class Reason:
    """A path with the sentence that explains it."""

    path: Path
    sentence: str


@dataclass(frozen=True)
class Seer:
    """Somebody who sees a subject, and why."""

    member: Membership
    reasons: tuple[Reason, ...]

    @property
    def guest(self) -> bool:
        return bool(self.member.role.level < MEMBER)

    @property
    def permissions(self) -> list[str]:
        """What they may do here, in the order of permissions.py."""
        found = [reason.path for reason in self.reasons]
        return [name for name in PERMISSIONS if name in HERE and gives(found, name)]


def seeing(by: Actor, project: Project, task: Task | None = None) -> QuerySet[Membership]:
    """Everybody who sees the project, or the task; a guest is told of nobody but themself."""
    rows = people_seeing(project) if task is None else people_of(project, task)
    return rows if by.level >= MEMBER else rows.filter(user=by.user)


def explained(project: Project, task: Task | None, members: Iterable[Membership]) -> list[Seer]:
    """These members, each with the reasons why they see it; who does not is left out."""
    held, told = Held.of(project, task), _shared_by(project, task)
    found = [(row, held.ways(row)) for row in members]
    return [
        Seer(row, tuple(Reason(path, _sentence(row, path, held, told)) for path in ways)) for row, ways in found if ways
    ]


@dataclass
class Held:
    """All grants on a project and on one of its tasks, and whether the project is private: what `paths` asks for."""

    private: bool
    project: dict[UUID, set[str]] = field(default_factory=dict)
    task: dict[UUID, set[str]] = field(default_factory=dict)
    parts: dict[UUID, int] = field(default_factory=dict)  # how many single tasks of the project are shared with whom

    @classmethod
    def of(cls, project: Project, task: Task | None = None) -> "Held":
        around = _grants(ProjectGrant, project)
        return (
            cls(project.private, around, _grants(TaskGrant, task))
            if task
            else cls(project.private, around, parts=_parts(project))
        )

    def paths(self, member: Membership) -> tuple[Path, ...]:
        """The ways of one member to the whole project, or to the task."""
        known = self.project.get(member.user_id, set()), self.task.get(member.user_id, set())
        return paths(member.role, self.private, *map(sorted, known))

    def ways(self, member: Membership) -> tuple[Path, ...]:
        """Also the way to a part of the project."""
        return self.paths(member) or ((PART,) if member.user_id in self.parts else ())


def _grants(model: Any, subject: Project | Task) -> dict[UUID, set[str]]:
    found: dict[UUID, set[str]] = {}
    rows = model.objects.filter(workspace=subject.workspace_id, content_object=subject)
    for user_id, name in rows.values_list("user_id", "permission__codename"):
        found.setdefault(user_id, set()).add(name)
    return found


def _parts(project: Project) -> dict[UUID, int]:
    rows = TaskGrant.objects.filter(workspace=project.workspace_id, content_object__project=project)
    rows = rows.filter(content_object__deleted_at=None).values_list("user_id")
    return dict(rows.annotate(count=Count("content_object", distinct=True)).order_by())


def _shared_by(project: Project, task: Task | None) -> dict[tuple[str, str], tuple[str, datetime]]:
    """(kind, person) → who let them in and when, as the record says."""
    subjects = [project.pk, *([task.pk] if task else [])]
    rows = ActivityLog.objects.within(project.workspace_id).filter(
        subject_id__in=subjects, event__in=("project:shared", "task:shared")
    )
    told = rows.select_related("actor").order_by("seq")
    return {(row.subject_type, row.after.get("user", "")): (str(row.actor or ""), row.created_at) for row in told}


def _sentence(member: Membership, path: Path, held: Held, told: dict[tuple[str, str], tuple[str, datetime]]) -> str:
    since = _since(told.get(("task" if path.kind == "task" else "project", str(member.user_id))))
    may = MAY.get(path.grant.partition("_")[0], "")
    if path.kind == "part":
        return f"{_tasks(held.parts[member.user_id])} of the project {'is' if held.parts[member.user_id] == 1 else 'are'} shared with them"
    return {
        "role": f"{member.role.name}: the project is open to all members",
        "member": f"Member of the private project{since}: may do what the role {member.role.name} may",
        "project": f"The project is shared with them{since}: {may}",
        "task": f"This task is shared with them{since}: {may}",
    }[path.kind]


def _since(known: tuple[str, datetime] | None) -> str:
    """ " by Alice on 3 March" """
    if known is None:
        return ""
    day = timezone.localdate(known[1])
    year = "" if day.year == timezone.localdate().year else f" {day.year}"
    return f"{f' by {known[0]}' if known[0] else ''} on {day.day} {day:%B}{year}"


@dataclass(frozen=True)
class Widening:
    """Who gains what by a change of access; `tasks` is how many tasks it is about."""

    see: tuple[Membership, ...]
    may: tuple[Membership, ...]
    tasks: int
    more: frozenset[str]

    @property
    def guests(self) -> int:
        return sum(row.role.level < MEMBER for row in self.see)

    @property
    def sentence(self) -> str:
        """ "12 more people will see 40 tasks, 3 of them guests."; "" when nobody gains anything."""
        if self.see:
            return f"{_people(self.see, self.guests)} will see {_tasks(self.tasks)}{_of_them(self.see, self.guests)}.{self._then()}"
        if self.may:
            guests = sum(row.role.level < MEMBER for row in self.may)
            return f"{_people(self.may, guests)} may then also {self._words()} in {_tasks(self.tasks)}{_of_them(self.may, guests)}."
        return ""

    def _then(self) -> str:
        return f" They may also {self._words()}." if self.more and len(self.see) == 1 else ""

    def _words(self) -> str:
        said = {"comment.create": "comment", "task.create": "create tasks", "task.edit": "change tasks", "task.delete": "delete tasks",
                "project.manage": "manage the project"}  # fmt: skip
        words = [said[name] for name in HERE if name in self.more]
        return ", ".join(words[:-1]) + (" and " if words[1:] else "") + words[-1] if words else "read"


def _people(rows: tuple[Membership, ...], guests: int) -> str:
    if len(rows) > 1:
        return f"{len(rows)} more people"
    return f"{rows[0].user}{' (guest)' if guests else ''}"


def _of_them(rows: tuple[Membership, ...], guests: int) -> str:
    return f", {guests} of them guest{'s' if guests > 1 else ''}" if guests and len(rows) > 1 else ""


def _tasks(count: int) -> str:
    return "1 task" if count == 1 else f"{count:,} tasks"


def widening(
    project: Project, task: Task | None = None, *, private: bool | None = None, person: User | None = None, grant: str = ""
) -> Widening:  # fmt: skip
    """What it would widen to make the project open or private, or to give `person` a grant on it or on the task."""
    then = Held.of(project, task)
    if private is not None:
        then.private = private
    if person is not None:
        known = then.task if task else then.project
        known[person.pk] = {grant} if grant in (TASK_GRANTS if task else GRANTS) else set()
    count = 1 if task else project.tasks.filter(deleted_at=None).count()
    return compared(project, Held.of(project, task), then, count)


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
