"""One project and a crowd: everybody who can stand in a relation to it."""

from dataclasses import dataclass
from typing import Any

import pytest

from tasks.actions import (
    create_label,
    create_project,
    create_task,
    create_tasks,
    share_project,
    share_task,
    update_task,
)
from tasks.actions.tasks import Draft
from tasks.models import Project, Task
from workspaces import tenancy
from workspaces.actor import Actor
from workspaces.models import Membership, Role
from workspaces.spine import acting
from workspaces.tests.people import add_member, make_person


def add_role(by: Actor, name: str, level: int, *permissions: str) -> Actor:
    """A person of that name in a custom role of that level."""
    with acting(by):
        role = Role(workspace=by.workspace, name=name, level=level, permissions=list(permissions))
        role.save(force_insert=True)
        membership = Membership(workspace=by.workspace, user=make_person(name), role=role)
        membership.save(force_insert=True)
    return Actor.of(membership)


def task_of(project: Project, number: int) -> Task:
    with tenancy.workspace(project.workspace_id, atomic=True):
        return project.tasks.select_related("project", "status").get(number=number)  # type: ignore[no-any-return]


@dataclass(frozen=True)
class Crowd:
    """`shown` is shared with single people, `hidden` with nobody; both are of a private and of an open project."""

    people: dict[str, Actor]
    projects: tuple[Project, Project]


@pytest.fixture
def crowd(alice: Actor, bob: Actor, gus: Actor, eve: Actor) -> Crowd:
    """Two projects, open and private, each with two tasks, and everybody who may stand in some relation to them."""
    people = {
        "owner": alice, "member": bob, "guest of nothing": gus, "outsider": eve,
        "admin": add_member(alice, make_person("Ada"), "admin"),
        "guest of the project": add_member(alice, make_person("Gwen"), "guest"),
        "guest of a task": add_member(alice, make_person("Tom"), "guest"),
        "guest of both": add_member(alice, make_person("Both"), "guest"),
        "member inside": add_member(alice, make_person("Ina"), "member"),
        "member with a task": add_member(alice, make_person("Mia"), "member"),
        "contractor": add_role(alice, "Contractor", 15, "task.edit", "comment.create"),
        "reader": add_role(alice, "Reader", 25, "comment.create"),
    }  # fmt: skip
    projects = (
        create_project(alice, name="Open", key="OPEN"),
        create_project(alice, name="Hush", key="HUSH", private=True),
    )
    for project in projects:
        create_tasks(alice, project, drafts=[Draft("Shown"), Draft("Hidden")])
        shown = task_of(project, 1)
        share_project(alice, project, person=people["guest of the project"].user, grant="comment_project")
        share_project(alice, project, person=people["guest of both"].user, grant="view_project")
        share_task(alice, shown, person=people["guest of both"].user, grant="edit_task")
        share_task(alice, shown, person=people["guest of a task"].user, grant="comment_task")
        share_task(alice, shown, person=people["contractor"].user, grant="edit_task")
    share_project(alice, projects[1], person=people["member inside"].user)
    share_task(alice, task_of(projects[1], 1), person=people["member with a task"].user, grant="comment_task")
    return Crowd(people, projects)


@dataclass(frozen=True)
class Canary:
    """A project of which the guest may see one task, and words that they must never read."""

    project: Project
    words: tuple[str, ...]


@pytest.fixture
def canary(alice: Actor, bob: Actor, gus: Actor) -> Canary:
    """FLOW-1 is Gus's to edit; everything around it is not: parent, subtask, neighbours, labels, people, counts."""
    project = create_project(alice, name="Flow", key="FLOW")
    mine, theirs = (create_label(alice, project, name=name) for name in ("visible", "canary-label"))
    parent = create_task(alice, project, title="canary-parent", labels=[theirs], assignees=[bob.user])
    shown = create_task(alice, project, title="Shared with Gus", labels=[mine], parent=parent)
    create_task(alice, project, title="canary-child", parent=shown)
    create_tasks(alice, project, drafts=[Draft(f"canary-{number}", labels=[theirs]) for number in range(4)])
    update_task(alice, task_of(project, 2), assignees=[alice.user])
    share_task(alice, task_of(project, 2), person=gus.user, grant="edit_task")
    return Canary(project, ("canary", "Bob", "bob@example.com"))


def body(answer: Any) -> str:
    """What an answer says, its headers included."""
    return answer.content.decode() + repr(sorted(answer.headers.items()))
