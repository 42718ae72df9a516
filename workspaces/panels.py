"""What the apps above put on the pages of a workspace: registered in flowboard/panels.py, since none can be imported from here."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from importlib import import_module
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet

from .actor import Actor
from .models import ChangeSet, Membership
from .permissions import MEMBER


@dataclass(frozen=True)
class Panel:
    """A part of the home page: its template, and what the template needs."""

    template: str
    read: Callable[[Actor], dict[str, Any]]


def home_panels(by: Actor) -> list[tuple[str, dict[str, Any]]]:
    """The templates and contexts of the home page, in order."""
    return [(panel.template, panel.read(by)) for panel in _registered().HOME]


@dataclass(frozen=True)
class ChangePanel:
    """A part of the page of a proposal: where it comes from, what it would come to."""

    template: str
    read: Callable[[Actor, ChangeSet], dict[str, Any]]  # empty: nothing to say of this one


def change_panels(by: Actor, change: ChangeSet) -> list[tuple[str, dict[str, Any]]]:
    """The templates and contexts above the lines of a proposal, in order."""
    found = ((panel.template, panel.read(by, change)) for panel in _registered().CHANGE)
    return [(template, context) for template, context in found if context]


def projects_of(by: Actor) -> list[dict[str, Any]]:
    """id, name and key of each project that the actor sees."""
    return _registered().PROJECTS(by)  # type: ignore[no-any-return]


def open_projects(by: Actor) -> int:
    """How many projects all members see."""
    return _registered().OPEN_PROJECTS(by)  # type: ignore[no-any-return]


def read_only_projects(by: Actor) -> list[Any]:
    """The projects that the actor sees and the plan has no room for, the youngest first; each with `key` and `name`."""
    return _registered().READ_ONLY_PROJECTS(by)  # type: ignore[no-any-return]


def people_known(by: Actor) -> QuerySet[Membership]:
    """The memberships that the actor may know of: everybody's, and to a guest theirs with whom they share something."""
    rows: QuerySet[Membership] = Membership.objects.within(by.workspace).select_related("user", "role")
    return rows if knows_everybody(by) else rows.filter(_registered().ACQUAINTANCES(by))


def knows_everybody(by: Actor) -> bool:
    """Members, and whoever looks after people; only they read addresses other than their own."""
    return by.level >= MEMBER or by.holds("role.manage") or by.holds("member.remove")


def usage(kind: str, workspace_id: UUID, **of: Any) -> int:
    """How many `projects` a workspace has, how many bytes of `storage` its files take, how many `ai_tokens` it used this month, or in a `month`."""
    return _registered().USAGE[kind](workspace_id, **of)  # type: ignore[no-any-return]


def plans() -> Any:
    """The plans there are, by name: the code's own, as the operator has changed them."""
    return _registered().PLANS()


def aid(by: Actor, receipt: UUID) -> Callable[[UUID], None]:
    """What notes, of an act's id, that it was done with the help that this receipt of the actor's tells of. Raises Refused."""
    return _registered().AID(by, receipt)  # type: ignore[no-any-return]


def may_propose(by: Actor) -> bool:
    """Whether the actor may propose changes."""
    return _registered().MAY_PROPOSE(by)  # type: ignore[no-any-return]


def rule_names(by: Actor, changes: Collection[UUID]) -> dict[UUID, str]:
    """Of acts that rules have done, by which rule."""
    return _registered().RULE_NAMES(by, changes) if changes else {}  # type: ignore[no-any-return]


def slot(name: str) -> list[tuple[str, str]]:
    """What stands in a place of the pages: the fact of the frame that it hangs on, and its template."""
    return _registered().SLOTS[name]  # type: ignore[no-any-return]


def absent(by: Actor, *, ever: bool = False) -> frozenset[str]:
    """First words (`ai`) of permissions, scopes, events and doors of which pages do not speak: the workspace has what they
    belong to switched off, or with `ever` has never touched it.
    """
    return frozenset(word for word, there in _registered().OPTIONAL.items() if not there(by, ever=ever))


def _registered() -> Any:
    return import_module(settings.PANELS)
