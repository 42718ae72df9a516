"""Insights: what is late, blocked, stale or too much, with the asker's eyes."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tasks.actions import add_dependency, create_project, create_task, move_task, share_task, update_status, update_task
from tasks.models import Project, Task
from tasks.tests.boards import add, column
from workspaces import tenancy
from workspaces.actor import Actor
from workspaces.tests.people import Program, browser

TODAY = timezone.localdate()
BEGINS = ("BEGIN", "SAVEPOINT", "RELEASE", "COMMIT", "SELECT set_config")


def grown_old(task: Task, days: int) -> None:
    """As if nobody had touched it for so long."""
    with tenancy.workspace(task.workspace_id, atomic=True):
        Task.objects.within(task.workspace_id).filter(pk=task.pk).update(
            updated_at=timezone.now() - timedelta(days=days)
        )


@pytest.fixture
def troubled(alice: Actor, bob: Actor, project: Project) -> list[Task]:
    """FLOW-1 is late, FLOW-2 waits for FLOW-1, FLOW-3 is stale, FLOW-4 is Bob's and big, FLOW-5 is fine."""
    cards = add(alice, project, "Ship it", "Announce", "Old work", "Rewrite", "Fine")
    update_task(alice, cards[0], due=TODAY - timedelta(days=3), assignees=[bob.user])
    add_dependency(alice, cards[1], blocking=cards[0])
    move_task(alice, cards[2], to=column(project, "In progress"))
    grown_old(cards[2], 9)
    update_task(alice, cards[3], estimate=12, due=TODAY + timedelta(days=5), assignees=[bob.user])
    return cards


def told(answer: Any) -> dict[str, list[str]]:
    """The words by kind."""
    found: dict[str, list[str]] = {}
    for fact in answer.json()["facts"]:
        found.setdefault(fact["kind"], []).append(fact["words"])
    return found


def test_each_kind_says_what_why_and_with_whom(alice: Actor, project: Project, troubled: list[Task]) -> None:
    due = TODAY - timedelta(days=3)
    answer = Program(alice).get("projects/FLOW/insights/")
    assert told(answer) == {
        "late": [
            f"FLOW-1 “Ship it” is late: due {due:%b} {due.day}, 3 days ago; it stands in To do with Bob.",
        ],
        "blocked": [
            "FLOW-2 “Announce” is blocked: waits for FLOW-1 (To do); it stands in To do with nobody.",
        ],
        "stale": ["FLOW-3 “Old work” is stale: untouched for 9 days; it stands in In progress with nobody."],
        "overloaded": ["Bob has 13 points at hand in 2 tasks, 1 late; two weeks take 10."],
    }
    assert answer.json()["counts"] == {"late": 1, "blocked": 1, "stale": 1, "overloaded": 1}
    assert [(one["user"]["name"], one["points"]) for one in answer.json()["load"]] == [("Bob", 13)]


def test_what_is_done_or_archived_stands_out_no_more(alice: Actor, project: Project, troubled: list[Task]) -> None:
    for card in troubled[:4]:
        move_task(alice, card, to=column(project, "Done"))
    assert Program(alice).get("projects/FLOW/insights/").json() == {
        "counts": {"late": 0, "blocked": 0, "stale": 0, "overloaded": 0}, "facts": [], "load": [],
    }  # fmt: skip


def test_a_column_over_its_limit(alice: Actor, project: Project, troubled: list[Task]) -> None:
    update_status(alice, column(project, "To do"), wip_limit=2)
    words = told(Program(alice).get("projects/FLOW/insights/"))["overloaded"]
    assert words[-1] == "The column To do holds 4 tasks, and its limit is 2."


def test_a_guest_of_one_task_hears_of_that_task(
    alice: Actor, gus: Actor, project: Project, troubled: list[Task]
) -> None:
    """Not what it waits for, nor what the rest of the project holds."""
    update_status(alice, column(project, "To do"), wip_limit=2)
    share_task(alice, troubled[1], person=gus.user, grant="view_task")
    assert told(Program(gus).get("projects/FLOW/insights/")) == {
        "blocked": [
            "FLOW-2 “Announce” is blocked: waits for 1 task that you may not see; it stands in To do with nobody.",
        ]
    }
    page = browser(gus).get("/w/acme/p/FLOW/insights/").content.decode()
    assert "Announce" in page
    assert not [word for word in ("Ship it", "Bob", "FLOW-1<", "Old work") if word in page]


def test_a_blocker_in_a_private_project_is_counted(alice: Actor, bob: Actor, project: Project) -> None:
    hush = create_project(alice, name="Hush", key="HUSH", private=True)
    waiting, secret = create_task(alice, project, title="Waits"), create_task(alice, hush, title="Secret")
    add_dependency(alice, waiting, blocking=secret)
    assert "HUSH-1 (" in told(Program(alice).get("projects/FLOW/insights/"))["blocked"][0]
    assert "waits for 1 task that you may not see" in told(Program(bob).get("projects/FLOW/insights/"))["blocked"][0]


@pytest.mark.usefixtures("inside")
def test_the_page_shows_them_with_plots_and_no_word_of_ai(alice: Actor, project: Project, troubled: list[Task]) -> None:
    client = browser(alice)
    page = client.get("/w/acme/p/FLOW/insights/").content.decode()
    assert all(word in page for word in ("Ship it", "Announce", "Old work", "13 points in 2 tasks, 1 late"))
    assert "5 made, 0 done" in page
    assert " AI" not in page
    with CaptureQueriesContext(connection) as captured:
        client.get("/w/acme/p/FLOW/insights/")
    add(alice, project, *(f"Late {number}" for number in range(20)))
    few = [one for one in captured if not one["sql"].startswith(BEGINS)]
    with CaptureQueriesContext(connection) as again:
        client.get("/w/acme/p/FLOW/insights/")
    assert len([one for one in again if not one["sql"].startswith(BEGINS)]) == len(few) <= 13


def test_an_empty_project_says_so(alice: Actor, project: Project) -> None:
    page = browser(alice).get("/w/acme/p/FLOW/insights/").content.decode()
    assert "Nothing is late." in page
    assert "Nothing was made or done in the last twelve weeks." in page
