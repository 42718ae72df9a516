"""Who sees which acts and proposals, and how the lines of a proposal stand now."""

from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.shortcuts import get_object_or_404

from .actor import Actor
from .feed import eyes_of, rows_for
from .lines import Reader
from .models import ActivityLog, ChangeSet
from .proposing import Json

PROPOSED = ChangeSet.State.PROPOSED


def changes_for(by: Actor) -> QuerySet[ChangeSet]:
    """The acts whose every row the actor sees, for a title may name what one of them is about; proposals by their projects."""
    rows = ActivityLog.objects.within(by.workspace).filter(change=OuterRef("pk"))
    hidden = rows.filter(~Exists(rows_for(by).filter(pk=OuterRef("pk"))))
    return _changes(by).filter(Exists(rows) | ~Q(lines=[]), ~Exists(hidden), _projects_seen(by))


def proposals_for(by: Actor) -> QuerySet[ChangeSet]:
    """The proposals of whose projects the actor sees everything."""
    return _changes(by).exclude(lines=[]).filter(_projects_seen(by))


def find_change(by: Actor, key: UUID) -> ChangeSet:
    """One of them, or 404."""
    return get_object_or_404(changes_for(by), pk=key)


def find_proposal(by: Actor, key: UUID) -> ChangeSet:
    """A proposal, or 404."""
    return get_object_or_404(proposals_for(by), pk=key)


def current_lines(by: Actor, change: ChangeSet) -> list[Json]:
    """The lines; of an open proposal those are marked that have moved on until now."""
    if change.state != PROPOSED:
        return list(change.lines)
    reader = Reader(by, change.lines)
    return [
        line | ({"state": "stale", "why_stale": words} if (words := reader.moved_on(line)) else {})
        for line in change.lines
    ]


def _changes(by: Actor) -> Any:
    return ChangeSet.objects.within(by.workspace).select_related("actor", "decided_by")


def _projects_seen(by: Actor) -> Q:
    return Q(projects__contained_by=[UUID(key) for key in eyes_of(by).projects])
