"""Who has the AI: the workspace has switched it on, and so has the person, who may use it."""

from django.db.models import Exists, QuerySet

from workspaces import tenancy
from workspaces.actor import Actor
from workspaces.permissions import MEMBER
from workspaces.scopes import allows

from .models import AIChoice, AISettings

PERMISSION = "ai.use"


def on(by: Actor) -> bool:
    """Whether the actor has the AI. One query; a page asks its frame instead (`frame.ai`)."""
    with tenancy.workspace(by.workspace.pk, atomic=True):
        choices = AIChoice.objects.within(by.workspace).filter(user=by.user, on=True)
        return has(by, _enabled(by).filter(Exists(choices)).values_list("guests", flat=True).first())


def offered(by: Actor) -> bool:
    """Whether the actor may switch it on for themselves: the workspace has. Inside the workspace."""
    return has(by, _enabled(by).values_list("guests", flat=True).first())


def may_propose(by: Actor) -> bool:
    """Whether the actor may propose a change: by their role; a guest where the workspace lets guests have the AI. Inside the workspace."""
    return by.may(PERMISSION) or (by.level < MEMBER and offered(by))


def there(by: Actor, *, ever: bool) -> bool:
    """Whether the workspace has switched it on, or with `ever` has ever chosen anything of it. Inside the workspace."""
    return (AISettings.objects.within(by.workspace) if ever else _enabled(by)).exists()


def has(by: Actor, guests: bool | None) -> bool:
    """Whether the AI is there for the actor; `guests` is None where the workspace has it off, else whether guests have it too."""
    return guests is not None and (by.may(PERMISSION) or (guests and _guest_may(by)))


def _enabled(by: Actor) -> QuerySet[AISettings]:
    rows: QuerySet[AISettings] = AISettings.objects.within(by.workspace).filter(enabled=True)
    return rows


def _guest_may(by: Actor) -> bool:
    """A guest's role holds no permission: the workspace's word stands for it. The support and tokens without the scope stay out."""
    return by.level < MEMBER and by.staff is None and (by.scopes is None or allows(by.scopes, "ai:write"))
