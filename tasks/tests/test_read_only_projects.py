"""More projects than the plan has: the youngest are read-only, for people and programs, until another is put away."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing.jobs import fit_workspace
from billing.models import Plan
from tasks.actions import (
    archive_project,
    create_comment,
    create_label,
    create_project,
    create_task,
    delete_project,
    delete_task,
    move_task,
    restore_project,
    update_project,
    update_task,
)
from tasks.actions.columns import add_status
from tasks.actions.sharing import share_project
from tasks.models import Project, Task
from workspaces import tenancy
from workspaces.actions.workspaces import put_on_plan
from workspaces.actor import Actor
from workspaces.plans import OverPlan
from workspaces.spine import acting
from workspaces.tests.people import Program, browser

from .automations import fresh, rule, runs, work
from .boards import add, column


@pytest.fixture
def three(settings: Any, alice: Actor) -> list[Project]:
    """On Pro, with a card in each; Free has room for two."""
    settings.PLANS_FRESH = 0
    Plan.objects.filter(key="free").update(projects=2)
    settings.PLAN = "pro"
    made = [
        create_project(alice, name=name, key=key)
        for name, key in (("First", "FIR"), ("Second", "SEC"), ("Third", "THI"))
    ]
    for project in made:
        add(alice, project, f"Of {project.name}")
    return made


def shrink(by: Actor, plan: str = "free") -> None:
    with acting(by):
        put_on_plan(by, plan)


def closed(by: Actor) -> list[str]:
    """The keys of those that are read-only, as they stand."""
    with tenancy.workspace(by.workspace.pk, atomic=True):
        return list(
            Project.objects.within(by.workspace).filter(read_only=True).order_by("pk").values_list("key", flat=True)
        )


def now(by: Actor, key: str) -> Project:
    with tenancy.workspace(by.workspace.pk, atomic=True):
        return Project.objects.within(by.workspace).get(key=key)


def card(by: Actor, key: str) -> Task:
    with tenancy.workspace(by.workspace.pk, atomic=True):
        return Task.objects.within(by.workspace).select_related("project", "status").get(project__key=key)


def test_the_youngest_are_read_and_not_changed(alice: Actor, bob: Actor, three: list[Project]) -> None:
    shrink(alice)
    assert closed(alice) == ["THI"]
    third, task = now(alice, "THI"), card(alice, "THI")
    for change in (
        lambda: create_task(bob, third, title="New"),
        lambda: update_task(bob, task, title="Other"),
        lambda: move_task(bob, task, to=column(third, "Done")),
        lambda: create_comment(bob, task, body="Hm"),
        lambda: delete_task(bob, task),
        lambda: create_label(bob, third, name="Bug"),
        lambda: update_project(bob, third, name="Other"),
        lambda: add_status(bob, third, name="More"),
    ):
        with pytest.raises(OverPlan, match="room for 2 projects, and this is one of the youngest"):
            change()
    create_task(bob, now(alice, "FIR"), title="New")


def test_programs_are_told_the_limit_and_the_way_up(alice: Actor, bob: Actor, three: list[Project]) -> None:
    shrink(alice)
    program = Program(bob)
    no = program.post("projects/THI/tasks/", {"title": "New"})
    assert no.status_code == 402 and no["Content-Type"] == "application/problem+json"
    said = no.json()
    assert (said["limit"], said["most"], said["used"], said["upgrade"]) == ("projects", 2, 3, "/w/acme/billing/")
    assert program.patch("tasks/THI-1/", {"title": "Other"}).status_code == 402
    assert program.get("tasks/THI-1/").status_code == program.get("projects/THI/board").status_code == 200
    told = {row["key"]: row["read_only"] for row in program.get("projects/").json()["results"]}
    assert told == {"FIR": False, "SEC": False, "THI": True}


def test_pages_say_so_and_offer_no_change(alice: Actor, bob: Actor, three: list[Project]) -> None:
    page = browser(bob).get("/w/acme/p/THI/board/").content.decode()
    assert "data-create" in page and "read-only" not in page
    shrink(alice)
    page = browser(bob).get("/w/acme/p/THI/board/").content.decode()
    assert "This project is read-only" in page and "data-create" not in page and "data-column-new" not in page
    pane = browser(bob).get("/w/acme/t/THI-1/").content.decode()
    assert "This project is read-only" in pane and "comment-new" not in pane
    assert "data-create" in browser(bob).get("/w/acme/p/FIR/board/").content.decode()
    form = browser(bob).get("/w/acme/p/THI/settings/").content.decode()
    assert "Archive the project" in form and "Save</button>" not in form and 'id="label-new"' not in form
    desk = browser(alice).get("/w/acme/billing/").content.decode()
    assert "Read-only for want of a place" in desk and ">Third<" in desk and ">Second</a>" not in desk


def test_putting_another_away_frees_the_place_at_once(alice: Actor, three: list[Project]) -> None:
    shrink(alice)
    archive_project(alice, now(alice, "FIR"))
    assert closed(alice) == []
    create_task(alice, now(alice, "THI"), title="New")
    restore_project(alice, now(alice, "FIR"))
    assert closed(alice) == ["THI"]
    delete_project(alice, now(alice, "SEC"))
    assert closed(alice) == []


def test_it_can_itself_be_put_away_and_shared(alice: Actor, bob: Actor, gus: Actor, three: list[Project]) -> None:
    shrink(alice)
    share_project(alice, now(alice, "THI"), person=gus.user, grant="edit_project")
    assert browser(gus).get("/w/acme/p/THI/board/").status_code == 200
    assert Program(gus).post("projects/THI/tasks/", {"title": "New"}).status_code == 402
    archive_project(bob, now(alice, "THI"))
    assert closed(alice) == []


def test_a_larger_plan_opens_all_and_a_plan_that_was_changed_is_followed(alice: Actor, three: list[Project]) -> None:
    shrink(alice)
    shrink(alice, "enterprise")
    assert closed(alice) == []
    shrink(alice)
    Plan.objects.filter(key="free").update(projects=1)
    fit_workspace(str(alice.workspace.pk))
    assert closed(alice) == ["SEC", "THI"]


def test_a_rule_of_it_waits_and_is_not_switched_off(alice: Actor, three: list[Project]) -> None:
    kept = rule(alice, three[2], "finished", ("priority", 1))
    move_task(alice, card(alice, "THI"), to=column(three[2], "Done"))
    shrink(alice)
    work(alice)
    assert not runs(alice) and fresh(kept).on
    shrink(alice, "enterprise")
    move_task(alice, card(alice, "THI"), to=column(three[2], "To do"))
    move_task(alice, card(alice, "THI"), to=column(three[2], "Done"))
    work(alice)
    assert [one.state for one in runs(alice)] == ["done"]


def test_private_ones_are_named_to_who_sees_them(alice: Actor, bob: Actor, three: list[Project]) -> None:
    create_project(bob, name="Hidden plan", key="HID", private=True)
    shrink(alice)
    assert closed(alice) == ["THI", "HID"]
    assert "Hidden plan" not in browser(alice).get("/w/acme/billing/").content.decode()


def test_a_write_asks_nothing_more(alice: Actor, three: list[Project]) -> None:
    program, counts = Program(alice), []
    program.patch("tasks/FIR-1/", {"title": "Once, so that all is warm"})
    for plan in ("enterprise", "pro", "free"):
        shrink(alice, plan)
        with CaptureQueriesContext(connection) as seen:
            assert program.patch("tasks/FIR-1/", {"title": f"On {plan}"}).status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1] == counts[2]
