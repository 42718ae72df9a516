"""Who can be given work in a project."""

from collections.abc import Sequence

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import User
from workspaces.errors import Refused
from workspaces.models import Membership
from workspaces.permissions import MEMBER

from .models import Project, ProjectGrant


def people_of(project: Project) -> QuerySet[Membership]:
    """The memberships that can see the project, by name."""
    granted = Exists(ProjectGrant.objects.filter(content_object=project, user=OuterRef("user")))
    seeing = granted if project.private else Q(role__level__gte=MEMBER) | granted
    rows = Membership.objects.within(project.workspace_id).filter(seeing)
    return rows.select_related("user", "role").order_by("user__name", "user__email")


def check_assignable(project: Project, users: Sequence[User]) -> None:
    """Refuses people who cannot see the project."""
    wanted = {user.pk for user in users}
    if not wanted:
        return
    known = set(people_of(project).filter(user_id__in=wanted).values_list("user_id", flat=True))
    if missing := [user for user in users if user.pk not in known]:
        raise Refused(f"{missing[0]} cannot see this project: share it with them first.", "assignees")
