"""Who has the AI: the workspace has switched it on, and so has the person, who may use it."""

from typing import Any
from uuid import UUID

from django.db.models import Exists, Q, Subquery

from workspaces import tenancy
from workspaces.actor import Actor
from workspaces.permissions import MEMBER
from workspaces.scopes import allows

from .models import AIChoice, AISettings

PERMISSION = "ai.use"


def on(by: Actor) -> bool:
    """Whether the actor has the AI. One query; a page asks its frame instead (`frame.ai`)."""
    with tenancy.workspace(by.workspace.pk, atomic=True):
        guests = AISettings.objects.within(by.workspace).filter(*_wanted(by.workspace.pk, by.user.pk))
        return has(by, guests.values_list("guests", flat=True).first())


def has(by: Actor, guests: bool | None) -> bool:
    """The same with what `switched_on` found: None where it is off, else whether guests have it too."""
    return guests is not None and (by.may(PERMISSION) or (guests and _guest_may(by)))


def switched_on(workspace: UUID, user: UUID) -> Any:
    """For the query of a page's frame: None, or whether guests have it too."""
    rows = AISettings.objects.within(workspace).filter(*_wanted(workspace, user))
    return Subquery(rows.values("guests")[:1])


def _wanted(workspace: UUID, user: UUID) -> tuple[Any, ...]:
    choices = AIChoice.objects.within(workspace).filter(user=user, on=True)
    return (Q(enabled=True), Exists(choices))


def _guest_may(by: Actor) -> bool:
    """A guest's role holds no permission: the workspace's word stands for it. The support and tokens without the scope stay out."""
    return by.level < MEMBER and by.staff is None and (by.scopes is None or allows(by.scopes, "ai:write"))
