"""Who sees which rows of the record: one rule, for a queryset (`rows_for`) and for rows already read (`Eyes.sees`)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import Q, QuerySet

from .actor import Actor
from .events import EVENTS
from .models import ActivityLog
from .permissions import ADMIN, MEMBER

LEVEL = {"project": 0, "members": MEMBER, "managers": ADMIN}


@dataclass(frozen=True)
class ProjectEyes:
    """How the app that owns projects answers who sees which; registered in flowboard/reactions.py."""

    seen: str  # SQL of (workspace, people) → rows (user_id or NULL for every member, project id)
    changes: frozenset[str]  # events after which the answer may be another


def project_eyes() -> ProjectEyes:
    """The registered answer."""
    return import_module(settings.REACTIONS).PROJECT_EYES  # type: ignore[no-any-return]


@dataclass(frozen=True, slots=True)
class Eyes:
    """What one person sees; `at` is the seq up to which rights were known when they were read."""

    user_id: str
    level: int
    open: frozenset[str]
    granted: frozenset[str]
    at: int = 0

    def sees(self, event: str, project_id: str | None, person: str | None) -> bool:
        """`person` is whom the row is about: they always hear of it."""
        if person == self.user_id:
            return True
        known = EVENTS.get(event)
        if known and self.level < LEVEL[known.audience]:
            return False
        if project_id is None or project_id in self.open:
            return self.level >= MEMBER or project_id in self.granted
        return project_id in self.granted

    @property
    def projects(self) -> frozenset[str]:
        """The projects that this person sees."""
        return self.granted | self.open if self.level >= MEMBER else self.granted


def person_of(row: Any) -> str | None:
    """The person whom a row is about: its fact `user`."""
    person = row.after.get("user") or row.before.get("user")
    return person if isinstance(person, str) else None


def rows_for(by: Actor) -> QuerySet[ActivityLog]:
    """The rows of the record that the actor sees, in no order yet. Asks for their projects at once."""
    eyes, person = eyes_of(by), str(by.user.pk)
    hidden = [event.name for event in EVENTS.values() if by.level < LEVEL[event.audience]]
    seen = Q(project_id__in=eyes.projects)
    if by.level >= MEMBER:
        seen |= Q(project_id=None)
    about = Q(after__user=person) | (~Q(after__has_key="user") & Q(before__user=person))
    rows: QuerySet[ActivityLog] = ActivityLog.objects.within(by.workspace)
    return rows.filter(about | (seen & ~Q(event__in=hidden)))


def eyes_of(by: Actor) -> Eyes:
    """The actor's eyes, read in the running transaction."""
    with connection.cursor() as cursor:
        cursor.execute(project_eyes().seen, {"workspace": by.workspace.pk, "people": [by.user.pk]})
        pairs = cursor.fetchall()
    return next(fit({by.user.pk: by.level}, pairs, 0))


def fit(levels: dict[UUID, int], pairs: Iterable[tuple[UUID | None, UUID]], at: int) -> Iterator[Eyes]:
    """Eyes of several people of one workspace; what is open to all is held once."""
    granted: dict[UUID | None, set[str]] = {}
    for user_id, project_id in pairs:
        granted.setdefault(user_id, set()).add(str(project_id))
    everybody = frozenset(granted.get(None, ()))
    for user_id, level in levels.items():
        yield Eyes(str(user_id), level, everybody, frozenset(granted.get(user_id, ())), at)
