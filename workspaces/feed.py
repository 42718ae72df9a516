"""Who sees which rows of the record: one rule, for a queryset (`rows_for`) and for rows already read (`Eyes.sees`)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce

from .actor import Actor
from .compiled import AnyOf  # noqa: F401  (the lookup `any`)
from .events import EVENTS
from .models import ActivityLog
from .permissions import ADMIN, MEMBER

NOBODY = 1000  # what stands on the audit page alone
LEVEL = {"project": 0, "members": MEMBER, "managers": ADMIN, "audit": NOBODY}


@dataclass(frozen=True)
class ProjectEyes:
    """How the app that owns projects answers who sees which; registered in flowboard/reactions.py."""

    seen: str  # SQL of (workspace, people) → rows (user_id or NULL for every member; project id, or NULL and a task id)
    changes: frozenset[str]  # events after which the answer may be another
    named: str  # SQL of (workspace, key, number, tasks) → project id, task id or NULL, whether a task of these is in it


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
    tasks: frozenset[str] = frozenset()  # single ones, in projects that they do not see whole

    def sees(self, event: str, project_id: str | None, person: str | None, task_id: str | None = None) -> bool:
        """`person` is whom the row is about: they always hear of it. `task_id` is the task that it is about."""
        known = EVENTS.get(event)
        if known and known.audience == "audit":
            return False
        if person == self.user_id:
            return True
        if known and self.level < LEVEL[known.audience]:
            return False
        if task_id is not None and task_id in self.tasks:
            return True
        if project_id is None or project_id in self.open:
            return self.level >= MEMBER or project_id in self.granted
        return project_id in self.granted

    @property
    def projects(self) -> frozenset[str]:
        """The projects that this person sees whole."""
        return self.granted | self.open if self.level >= MEMBER else self.granted


def person_of(row: Any) -> str | None:
    """The person whom a row is about: its fact `user`."""
    person = row.after.get("user") or row.before.get("user")
    return person if isinstance(person, str) else None


def task_of(row: Any) -> str | None:
    """The task that a row is about, itself or by what hangs on it: its fact `taskId`."""
    if row.subject_type == "task":
        return str(row.subject_id)
    task = row.after.get("taskId") or row.before.get("taskId")
    return task if isinstance(task, str) else None


def rows_for(by: Actor) -> QuerySet[ActivityLog]:
    """The rows of the record that the actor sees, in no order yet. Asks for their projects at once."""
    eyes = eyes_of(by)
    seen = Q(project_id__in=eyes.projects)
    if by.level >= MEMBER:
        seen |= Q(project_id=None)
    rows: QuerySet[ActivityLog] = ActivityLog.objects.within(by.workspace)
    if eyes.tasks:
        hanging = Coalesce(KeyTextTransform("taskId", "after"), KeyTextTransform("taskId", "before"))
        rows = rows.alias(hanging=hanging)
        seen |= Q(subject_type="task", subject_id__any=[UUID(one) for one in eyes.tasks])
        seen |= Q(hanging__any=[*eyes.tasks])
    return rows.filter(_about(by) | (seen & heard_by(by))).exclude(event__in=_named("audit"))


def heard_by(by: Actor) -> Q:
    """Of rows that the actor otherwise sees, those that are told to people like them."""
    return ~Q(event__in=[name for audience in LEVEL if by.level < LEVEL[audience] for name in _named(audience)])


def _about(by: Actor) -> Q:
    """`person_of` in SQL."""
    person = str(by.user.pk)
    return Q(after__user=person) | (~Q(after__has_key="user") & Q(before__user=person))


def _named(audience: str) -> list[str]:
    return [event.name for event in EVENTS.values() if event.audience == audience]


def eyes_of(by: Actor) -> Eyes:
    """The actor's eyes, read in the running transaction."""
    with connection.cursor() as cursor:
        cursor.execute(project_eyes().seen, {"workspace": by.workspace.pk, "people": [by.user.pk]})
        found = cursor.fetchall()
    return next(fit({by.user.pk: by.level}, found, 0))


def fit(
    levels: dict[UUID, int], found: Iterable[tuple[UUID | None, UUID | None, UUID | None]], at: int
) -> Iterator[Eyes]:
    """Eyes of several people of one workspace; what is open to all is held once."""
    granted: dict[UUID | None, set[str]] = {}
    tasks: dict[UUID | None, set[str]] = {}
    for user_id, project_id, task_id in found:
        (granted if task_id is None else tasks).setdefault(user_id, set()).add(str(task_id or project_id))
    everybody = frozenset(granted.get(None, ()))
    for user_id, level in levels.items():
        alone = frozenset(tasks.get(user_id, ()))
        yield Eyes(str(user_id), level, everybody, frozenset(granted.get(user_id, ())), at, alone)
