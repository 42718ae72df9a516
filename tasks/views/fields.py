"""The fields of the forms about tasks, as the actions take them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any
from uuid import UUID

from django.http import QueryDict

from accounts.models import User
from workspaces.actor import Actor
from workspaces.errors import Refused
from workspaces.pages import whole

from ..actions import Draft
from ..models import Label, Project, Task
from ..reading.finding import find_label, find_people

MOST_LINES = 200


def lines(fields: QueryDict, name: str, words: str) -> list[str]:
    """What stands on the lines of a field."""
    found = [line.strip() for line in fields.get(name, "").splitlines() if line.strip()]
    if not found:
        raise Refused(words, name)
    if len(found) > MOST_LINES:
        raise Refused(f"{len(found):,} lines: at most {MOST_LINES} at once.", name)
    return found


def due(fields: QueryDict, name: str = "due", words: str = "The due date") -> date | None:
    """A date such as 2026-12-31, or none."""
    value = fields.get(name, "").strip()
    try:
        return date.fromisoformat(value) if value else None
    except ValueError as error:
        raise Refused(f"{words} is a date such as 2026-12-31.", name) from error


def version(fields: QueryDict) -> int | None:
    """The version that was read, where the form says it."""
    return whole(fields, "version")


def changes(fields: QueryDict) -> dict[str, Any]:
    """The plain fields of a task that a form changes."""
    given: dict[str, Any] = {
        name: fields[name].replace("\r\n", "\n") for name in ("title", "description") if name in fields
    }
    if "priority" in fields:
        given["priority"] = _filled(fields, "priority")
    if "estimate" in fields:
        given["estimate"] = whole(fields, "estimate")
    return given | ({"due": due(fields)} if "due" in fields else {})


def _filled(fields: QueryDict, name: str) -> int:
    value = whole(fields, name)
    if value is None:
        raise Refused(f"The field {name} may not be empty.", name)
    return value


def drafts(by: Actor, fields: QueryDict, project: Project, parent: Task | None = None) -> list[Draft]:
    """A task for each line of `titles`, all with what else the form says."""
    shared: dict[str, Any] = {
        "parent": parent,
        "due": due(fields),
        "assignees": _people(by, fields, project),
        "labels": _labels(by, fields, project),
    }
    if "priority" in fields:
        shared["priority"] = _filled(fields, "priority")
    return [Draft(title=title, **shared) for title in lines(fields, "titles", "A task needs a title.")]


def _people(by: Actor, fields: QueryDict, project: Project) -> list[User]:
    keys = _keys(fields, "assignee")
    return find_people(by, project, keys, "assignee") if keys else []


def _labels(by: Actor, fields: QueryDict, project: Project) -> list[Label]:
    return [find_label(by, project, key, "label") for key in _keys(fields, "label")]


def _keys(fields: QueryDict, name: str) -> list[UUID]:
    given = [value for value in fields.getlist(name) if value]
    if len(given) > 50:
        raise Refused("At most 50 at once.", name)
    try:
        return list(dict.fromkeys(UUID(value) for value in given))
    except ValueError as error:
        raise Refused(f"The field {name} must be an id.", name) from error


@contextmanager
def named(**fields: str) -> Iterator[None]:
    """Refusals of an action's argument name the form's field: `named(title="titles")`."""
    try:
        yield
    except Refused as no:
        no.field = fields.get(no.field, no.field)
        raise
