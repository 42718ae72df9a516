"""A project with a few cards for tests."""

import pytest

from tasks.actions import create_project, create_tasks
from tasks.actions.tasks import Draft
from tasks.models import Project, Status, Task
from workspaces import tenancy
from workspaces.actor import Actor


@pytest.fixture
def project(alice: Actor) -> Project:
    """FLOW, open, with the five default columns."""
    return create_project(alice, name="Flow", key="FLOW")


def column(project: Project, name: str) -> Status:
    """A column by its name."""
    with tenancy.workspace(project.workspace_id, atomic=True):
        return project.statuses.select_related("project").get(name=name)


def add(by: Actor, project: Project, *titles: str, to: str = "To do") -> list[Task]:
    """Cards at the foot of a column."""
    return create_tasks(by, project, drafts=[Draft(title) for title in titles], to=column(project, to))


def titles(project: Project, name: str) -> list[str]:
    """What stands in a column, from top to foot."""
    with tenancy.workspace(project.workspace_id, atomic=True):
        return list(column(project, name).tasks.open().order_by("rank").values_list("title", flat=True))


def tally(project: Project, name: str) -> int:
    """What the column's kept count says."""
    with tenancy.workspace(project.workspace_id, atomic=True):
        return int(column(project, name).tallies.get().open)


@pytest.fixture
def cards(alice: Actor, project: Project) -> list[Task]:
    """One, Two and Three in To do."""
    return add(alice, project, "One", "Two", "Three")
