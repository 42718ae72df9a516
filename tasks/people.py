"""Who can be given work in a project or on a task."""

from collections.abc import Sequence

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import User
from workspaces.actor import Actor
from workspaces.errors import Refused
from workspaces.models import Membership
from workspaces.permissions import MEMBER

from .models import Assignment, Project, ProjectGrant, Task, TaskGrant


def people_of(project: Project, task: Task | None = None) -> QuerySet[Membership]:
    """The memberships that can see the whole project, or this task of it, by name: `access.paths` for everybody at once."""
    return _rows(project, _seeing(project, task))


def people_seeing(project: Project) -> QuerySet[Membership]:
    """The memberships that can see the project, whole or in part, by name."""
    some = TaskGrant.objects.filter(
        content_object__project=project, content_object__deleted_at=None, user=OuterRef("user")
    )
    return _rows(project, _seeing(project) | Q(Exists(some)))


def _seeing(project: Project, task: Task | None = None) -> Q:
    seeing = Q(Exists(ProjectGrant.objects.filter(content_object=project, user=OuterRef("user"))))
    if not project.private:
        seeing |= Q(role__level__gte=MEMBER)
    if task is not None:
        seeing |= Q(Exists(TaskGrant.objects.filter(content_object=task, user=OuterRef("user"))))
    return seeing


def _rows(project: Project, seeing: Q) -> QuerySet[Membership]:
    rows = Membership.objects.within(project.workspace_id).filter(seeing)
    return rows.select_related("user", "role").order_by("user__name", "user__email")


def people_for(by: Actor, project: Project, task: Task | None = None) -> QuerySet[Membership]:
    """Those of them that the actor may know of: who sees a part of the project knows who stands on its cards, and themself."""
    rows = people_of(project, task)
    if project.whole_to(by):
        return rows
    theirs = Task.objects.shared_with(by).filter(project=project, deleted_at=None)
    beside = Assignment.objects.filter(workspace=by.workspace, task__in=theirs, user=OuterRef("user"))
    return rows.filter(Q(user=by.user) | Exists(beside))


def acquaintances(by: Actor) -> Q:
    """Of a workspace's memberships those of whom a guest knows: themself, who sees a project that they see whole, and who
    stands on their single tasks. What `people_for` says of one project, for all of theirs.
    """
    held = ProjectGrant.objects.filter(workspace=by.workspace, user=by.user, content_object__deleted_at=None)
    beside = ProjectGrant.objects.filter(workspace=by.workspace, user=OuterRef("user"))
    theirs = Task.objects.shared_with(by).filter(deleted_at=None, project__deleted_at=None)
    assigned = Assignment.objects.filter(workspace=by.workspace, task__in=theirs, user=OuterRef("user"))
    in_open = Q(Exists(held.filter(content_object__private=False)), role__level__gte=MEMBER)
    in_same = Exists(beside.filter(content_object__in=held.values("content_object")))
    return Q(user=by.user) | in_open | Q(in_same) | Q(Exists(assigned))


def check_assignable(project: Project, users: Sequence[User], task: Task | None = None) -> None:
    """Refuses people who cannot see the project or, where there is one already, the task."""
    wanted = {user.pk for user in users}
    if not wanted:
        return
    known = set(people_of(project, task).filter(user_id__in=wanted).values_list("user_id", flat=True))
    if missing := [user for user in users if user.pk not in known]:
        raise Refused(f"{missing[0]} cannot see this project: share it with them first.", "assignees")
