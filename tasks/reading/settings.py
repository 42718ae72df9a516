"""What the settings of a project show."""

from typing import Any
from uuid import UUID

from django.db.models import Count, Q
from django.urls import reverse

from accounts.models import User
from workspaces.actor import Actor
from workspaces.errors import Refused
from workspaces.events import author
from workspaces.faces import face
from workspaces.models import ActivityLog, Membership
from workspaces.permissions import MEMBER

from ..models import COLORS, Project, ProjectGrant
from .facts import rights

GRANT_WORDS = {"view_project": "Can read", "comment_project": "Can comment", "edit_project": "Can edit"}


def find_member(by: Actor, key: UUID) -> User:
    """A person of the workspace, named in a form."""
    row = Membership.objects.within(by.workspace).filter(user_id=key).select_related("user").first()
    if row is None:
        raise Refused("That person is not in this workspace: invite them first.", "user")
    return row.user  # type: ignore[no-any-return]


def settings_page(by: Actor, project: Project) -> dict[str, Any]:
    """What tasks/project_settings.html draws."""
    grants = dict(
        ProjectGrant.objects.filter(workspace=by.workspace, content_object=project).values_list(
            "user_id", "permission__codename"
        )
    )
    members = list(
        Membership.objects.within(by.workspace).select_related("user", "role").order_by("user__name", "user__email")
    )
    count = Count("task_labels", filter=Q(task_labels__task__deleted_at=None))
    labels = project.labels.filter(deleted_at=None).annotate(count=count).order_by("name")
    return {
        "project": project, "may": rights(by, project), "colors": COLORS, "grants": [{"value": value, "name": name} for value, name in GRANT_WORDS.items()],
        "shared": [_person(row, grants[row.user_id]) for row in members if row.user_id in grants and _needs_sharing(project, row)],
        "others": [_person(row) for row in members if row.user_id not in grants and _needs_sharing(project, row)],
        "widening_url": reverse("project_widening", args=[by.workspace.slug, project.key]),
        "labels": labels, "members": sum(row.role.level >= MEMBER for row in members),
        "described_by": _described_by(by, project),
    }  # fmt: skip


def _described_by(by: Actor, project: Project) -> str:
    """Who changed the description last, for whoever has it in hand."""
    rows = ActivityLog.objects.within(by.workspace).filter(
        subject_id=project.pk, event="project:updated", before__has_key="description"
    )
    last = rows.select_related("actor", "on_behalf_of").order_by("-seq").first()
    return author(last.via, last.actor, last.on_behalf_of) if last else ""


def _needs_sharing(project: Project, row: Membership) -> bool:
    """Members see an open project anyway."""
    return project.private or row.role.level < MEMBER


def _person(row: Membership, grant: str = "") -> dict[str, Any]:
    full = row.role.level >= MEMBER and grant
    words = f"{row.role.name}, works here by role" if full else GRANT_WORDS.get(grant, "")
    return face(row.user) | {
        "email": row.user.email,
        "role": row.role.name,
        "grant": grant,
        "words": words,
        "guest": row.role.level < MEMBER,
    }
