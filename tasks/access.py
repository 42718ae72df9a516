"""Who sees a project or a task, and why: the one rule. Doors enforce it, pages explain it, and both ask `paths`.

The querysets' `visible_to`, tasks/people.py and tasks/eyes.py say the same in SQL, for many rows at once; a test
compares all of them over a generated population (tasks/tests/test_access_rule.py).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from workspaces.models import Role
from workspaces.permissions import MEMBER

# what a grant on a project lets a guest do there
GRANTS: dict[str, frozenset[str]] = {
    "view_project": frozenset(),
    "comment_project": frozenset({"comment.create"}),
    "edit_project": frozenset({"comment.create", "task.create", "task.edit", "task.delete", "export.run"}),
}
# and one on a single task: who edits it can neither delete it nor make others
TASK_GRANTS: dict[str, frozenset[str]] = {
    "view_task": frozenset(),
    "comment_task": frozenset({"comment.create"}),
    "edit_task": frozenset({"comment.create", "task.edit"}),
}
WORDS = {"view": "read", "comment": "read and comment", "edit": "edit"}  # the first word of a grant → what it lets do
PROJECT_GRANT_NAMES, TASK_GRANT_NAMES = list(GRANTS), list(TASK_GRANTS)
# the role; membership of a private project; a grant on the project, on the task, on some of the project's tasks
KINDS = ["role", "member", "project", "task", "part"]


@dataclass(frozen=True, slots=True)
class Path:
    """One way in, and the permissions that it gives."""

    kind: Literal["role", "member", "project", "task", "part"]
    gives: frozenset[str]
    grant: str = ""


def by_role(role: Role, private: bool) -> bool:
    """Whether the role alone opens the project: then no grant is asked for."""
    return bool(role.level >= MEMBER and not private)


def paths(role: Role, private: bool, project: Iterable[str], task: Iterable[str] = ()) -> tuple[Path, ...]:
    """The ways in of somebody in this role, with these grants on a project and on one of its tasks; none: they see nothing.

    Members and above work by their role, in open projects and in private ones they belong to. For everybody else the
    grants decide, and add up.
    """
    if by_role(role, private):
        return (Path("role", role.allowed),)
    if role.level >= MEMBER and (held := tuple(project)):
        return (Path("member", role.allowed, held[0]),)
    whole = (Path("project", GRANTS[name], name) for name in project)
    return (*whole, *(Path("task", TASK_GRANTS[name], name) for name in task))


def in_words(grant: str) -> str:
    """`comment_task`: read and comment; "" for no grant."""
    return WORDS.get(grant.partition("_")[0], "")


# to a project of which they see some tasks: its name and columns, and these tasks
PART = Path("part", frozenset())


def gives(found: Iterable[Path], permission: str) -> bool:
    """Whether one of the ways in gives the permission."""
    return any(permission in path.gives for path in found)
