"""Who can see this, and why: `access.paths` of everybody, in words."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet
from django.utils import timezone

from workspaces.actor import Actor
from workspaces.models import ActivityLog, Membership
from workspaces.permissions import MEMBER, PERMISSIONS

from ..access import PART, Path, gives, in_words, paths
from ..models import Project, ProjectGrant, Task, TaskGrant
from ..people import people_of, people_seeing

# what a role may do in a project
HERE = ("comment.create", "task.create", "task.edit", "task.delete", "project.manage")
Told = dict[tuple[str, str], tuple[str, datetime]]  # (kind, person) → who let them in and when, as the record says


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


def explained(
    by: Actor, project: Project, task: Task | None, members: Iterable[Membership], held: "Held | None" = None
) -> list[Seer]:
    """These members, each with the reasons why they see it, told to the actor; who does not is left out.

    `held` spares reading the grants, where the caller has them.
    """
    held, told = held or Held.of(project, task), _shared_by(project, task)
    found = [(row, held.ways(row)) for row in members]
    return [
        Seer(row, tuple(Reason(path, _sentence(by, row, path, held, told)) for path in ways))
        for row, ways in found
        if ways
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


def _shared_by(project: Project, task: Task | None) -> Told:
    subjects = [project.pk, *([task.pk] if task else [])]
    rows = ActivityLog.objects.within(project.workspace_id).filter(
        subject_id__in=subjects, event__in=("project:shared", "task:shared")
    )
    told = rows.select_related("actor").order_by("seq")
    return {(row.subject_type, row.after.get("user", "")): (str(row.actor or ""), row.created_at) for row in told}


def _sentence(by: Actor, member: Membership, path: Path, held: Held, told: Told) -> str:
    since = _since(told.get(("task" if path.kind == "task" else "project", str(member.user_id))))
    whom, may = "you" if member.user_id == by.user.pk else "them", f"may {in_words(path.grant)}"
    count = held.parts.get(member.user_id, 0)
    return {
        "role": f"{member.role.name}: the project is open to all members",
        "member": f"Member of the private project{since and f', added{since}'}: may do what the role {member.role.name} may",
        "project": f"The project is shared with {whom}{since}: {may}",
        "task": f"This task is shared with {whom}{since}: {may}",
        "part": f"{counted(count)} of the project {'is' if count == 1 else 'are'} shared with {whom}",
    }[path.kind]


def _since(known: tuple[str, datetime] | None) -> str:
    """ " by Alice on 3 March" """
    if known is None:
        return ""
    day = timezone.localdate(known[1])
    year = "" if day.year == timezone.localdate().year else f" {day.year}"
    return f"{f' by {known[0]}' if known[0] else ''} on {day.day} {day:%B}{year}"


def counted(tasks: int) -> str:
    """ "40 tasks" """
    return "1 task" if tasks == 1 else f"{tasks:,} tasks"
