"""Rules for tests, and the worker's part of them."""

from typing import Any

import pytest

from tasks.actions import create_rule
from tasks.actions.running import run_rules
from tasks.models import AutomationRule, AutomationRun, Project, Task
from workspaces import tenancy
from workspaces.actor import Actor


def rule(by: Actor, project: Project | None, when: Any, *steps: Any, **more: Any) -> AutomationRule:
    """`when` and steps as kind, or as (kind, value)."""
    conditions = [part(one) for one in more.pop("conditions", ())]
    name = more.pop("name", "Tidy up")
    return create_rule(
        by,
        name=name,
        project=project,
        when=part(when),
        steps=[part(one) for one in steps],
        conditions=conditions,
        **more,
    )


def part(said: Any) -> dict[str, Any]:
    kind, value = said if isinstance(said, tuple) else (said, None)
    return {"kind": kind, "value": value}


def work(by: Actor) -> None:
    """What the worker does, to the end."""
    while run_rules(by.workspace.pk):
        pass


def runs(by: Actor, **of: Any) -> list[AutomationRun]:
    """In order."""
    with tenancy.workspace(by.workspace.pk, atomic=True):
        rows = AutomationRun.objects.within(by.workspace).filter(**of)
        return list(rows.select_related("rule", "task").order_by("created_at", "pk"))


def fresh(row: Any) -> Any:
    """As the database has it now."""
    with tenancy.workspace(row.workspace_id, atomic=True):
        related = ("project", "status") if isinstance(row, Task) else ("project", "keeper")
        return type(row).objects.within(row.workspace_id).select_related(*related).get(pk=row.pk)


def labels_of(task: Task) -> set[str]:
    with tenancy.workspace(task.workspace_id, atomic=True):
        return set(task.task_labels.values_list("label__name", flat=True))


def people_on(task: Task) -> set[str]:
    with tenancy.workspace(task.workspace_id, atomic=True):
        return {str(one.user) for one in task.assignments.select_related("user")}


@pytest.fixture
def admin(alice: Actor) -> Actor:
    """Ada, who may keep rules and owns nothing."""
    from workspaces.tests.people import add_member, make_person

    return add_member(alice, make_person("Ada"), "admin")
