"""What bodies name: a task or a project, found with the actor's eyes."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.http import Http404

from tasks.models import Project, Task
from tasks.reading.finding import find_project, find_task
from workspaces.actor import Actor
from workspaces.errors import Refused

T = TypeVar("T")


def subject_of(by: Actor, said: dict[str, Any], words: str) -> Task | Project:
    """The task, or the project for which there are words: one of the two."""
    if ("task" in said) == ("project" in said):
        raise Refused(f"Name a task, or a project and a {words}.", "task")
    if "task" in said:
        return named(find_task, by, said["task"], "task")
    project = named(find_project, by, said["project"], "project")
    if not said.get(words, "").strip():
        raise Refused(f"Say the {words}.", words)
    return project


def named(find: Callable[[Actor, str], T], by: Actor, said: str, field: str) -> T:
    """What the field names. Raises Refused."""
    try:
        return find(by, said)
    except Http404:
        raise Refused(f"There is no {field} {said[:20]}, or it is not shared with you.", field) from None
