"""The filters of board and list, as they stand in the address: or-ed within a kind, and-ed across kinds."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.postgres.search import SearchQuery
from django.db.models import Exists, OuterRef, Q
from django.http import QueryDict

from workspaces.actor import Actor
from workspaces.errors import Refused

from ..models import Assignment, Task, TaskLabel
from .finding import REF

KINDS = ("assignee", "label", "priority", "q")
MOST = 50


@dataclass(frozen=True)
class Filters:
    """What is asked for; all empty is everything."""

    params: QueryDict
    q: str = ""
    assignees: frozenset[UUID] = frozenset()
    me: bool = False
    nobody: bool = False
    labels: frozenset[UUID] = frozenset()
    priorities: frozenset[int] = frozenset()
    statuses: frozenset[UUID] = frozenset()

    @property
    def active(self) -> bool:
        return bool(
            self.q or self.assignees or self.me or self.nobody or self.labels or self.priorities or self.statuses
        )

    @property
    def query(self) -> str:
        """ "assignee=me&q=login": what board and list have in common."""
        kept = QueryDict(mutable=True)
        for name in KINDS:
            kept.setlist(name, self.params.getlist(name)) if self.params.get(name) else None
        return kept.urlencode()

    def apply(self, by: Actor, rows: Any) -> Any:
        """The tasks that pass."""
        if self.q:
            rows = rows.filter(words(self.q))
        if self.assignees or self.me or self.nobody:
            rows = rows.filter(self._assigned(by))
        if self.labels:
            rows = rows.filter(
                pk__in=TaskLabel.objects.filter(workspace=by.workspace, label__in=self.labels).values("task")
            )
        if self.priorities:
            rows = rows.filter(priority__in=self.priorities)
        return rows.filter(status__in=self.statuses) if self.statuses else rows

    def _assigned(self, by: Actor) -> Q:
        people = self.assignees | ({by.user.pk} if self.me else set())
        there = Assignment.objects.filter(workspace=by.workspace)
        to_them = Q(pk__in=there.filter(user__in=people).values("task")) if people else Q()
        to_none = ~Exists(there.filter(task=OuterRef("pk"))) if self.nobody else Q()
        return to_them | to_none if people and self.nobody else to_them & to_none


def read_filters(params: QueryDict) -> Filters:
    """The filters of an address; what cannot be one is refused by name."""
    people = _several(params, "assignee")
    return Filters(
        params=params, q=read_words(params), me="me" in people, nobody="none" in people,
        assignees=_ids("assignee", (one for one in people if one not in ("me", "none"))), labels=_ids("label", _several(params, "label")),
        priorities=_priorities(_several(params, "priority")), statuses=_ids("status", _several(params, "status")),
    )  # fmt: skip


def read_words(params: QueryDict) -> str:
    """What was typed into a search field."""
    typed = " ".join(params.get("q", "").split())
    if len(typed) > 200:
        raise Refused("Search for at most 200 characters.", "q")
    return typed


def _several(params: QueryDict, name: str) -> list[str]:
    values = [value for value in params.getlist(name) if value]
    if len(values) > MOST:
        raise Refused(f"Filter by at most {MOST} at once.", name)
    return values


def _ids(name: str, values: Iterable[str]) -> frozenset[UUID]:
    try:
        return frozenset(UUID(value) for value in values)
    except ValueError as error:
        raise Refused(f"The filter {name} must be an id.", name) from error


def _priorities(values: list[str]) -> frozenset[int]:
    if any(value not in ("0", "1", "2", "3", "4") for value in values):
        raise Refused("Priority is a number from 0 (none) to 4 (urgent).", "priority")
    return frozenset(map(int, values))


def words(typed: str) -> Q:
    """The tasks that hold all these words, the last as far as it is typed; also FLOW-42 by its name."""
    found = Q(search=_query(typed))
    if named := REF.fullmatch(typed.upper()):
        found |= Q(project__key=named[1], number=int(named[2]))
    return found


def _query(typed: str) -> SearchQuery:
    head, _, last = typed.rpartition(" ")
    stem = re.sub(r"['\\\x00]", " ", last).strip()
    if '"' in typed or last.startswith("-") or not re.search(r"\w", stem):
        return SearchQuery(typed, config="simple", search_type="websearch")
    prefix = SearchQuery(f"'{stem}':*", config="simple", search_type="raw")
    return SearchQuery(head, config="simple", search_type="websearch") & prefix if head else prefix


def with_priority_names() -> list[dict[str, Any]]:
    """The priorities, the most urgent first."""
    return [{"value": value, "name": name} for value, name in reversed(Task.Priority.choices)]
