"""How far back the feed goes on a plan with a number; what is older is kept, on the audit page, in exports and in a task's own history."""

import re
import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from tasks.actions import create_project, move_task
from tasks.models import Task
from tasks.tests.boards import add, column
from workspaces.actor import Actor

from .people import Program, browser, log
from .test_activity import page

AGO = 91 * 86400 * 10**9  # nanoseconds


@pytest.fixture
def old(settings: Any, alice: Actor, monkeypatch: pytest.MonkeyPatch) -> list[Task]:
    """Two tasks that were made ninety-one days ago, on Free."""
    settings.PLAN, now = "free", time.time_ns
    with monkeypatch.context() as clock:
        clock.setattr(time, "time_ns", lambda: now() - AGO)
        project = create_project(alice, name="Flow", key="FLOW")
        return add(alice, project, "One", "Two")


def test_the_feed_ends_and_says_where_the_rest_is(alice: Actor, bob: Actor, old: list[Task]) -> None:
    move_task(alice, old[0], to=column(old[0].project, "Done"))
    words = page(alice)
    assert "moved FLOW-1" in words and "created" not in words
    assert "goes back 90 days. Everything older is kept" in words
    assert "Read and export the whole record" in words and "Plans" in words
    hers = page(bob)
    assert "Everything older is kept" in hers and "Read and export" not in hers
    program = Program(bob)
    answer = program.get("activity/").json()
    assert [row["event"] for row in answer["results"]][-1] == "task:moved"
    assert answer["older"]["days"] == 90 and "Everything older is kept" in answer["older"]["words"]
    assert program.get("activity/?limit=1").json()["older"] is None, "there is another page"


def test_what_protects_a_workspace_is_whole_on_every_plan(alice: Actor, old: list[Task]) -> None:
    program = Program(alice)
    made = [row["event"] for row in program.get("tasks/FLOW-1/activity/").json()["results"]]
    assert made == ["task:created"]
    assert "task:created" in {row["event"] for row in program.get("audit/").json()["results"]}
    assert "FLOW-2" in browser(alice).get("/w/acme/audit/").content.decode()
    asked = program.get(f"events?after={log(alice)[0].seq}").json()
    assert len(asked["results"]) == len(log(alice)) - 1


def test_a_filter_says_what_it_looked_through(alice: Actor, bob: Actor, old: list[Task]) -> None:
    words = page(alice, f"?person={bob.user.pk}")
    assert "Nothing of the last 90 days fits this filter." in words and "Everything older is kept" in words


def test_without_a_number_and_in_a_young_workspace_it_goes_back_to_the_beginning(
    settings: Any, alice: Actor, old: list[Task]
) -> None:
    settings.PLAN = "pro"
    assert "created the workspace" in page(alice) and "Everything older" not in page(alice)
    assert Program(alice).get("activity/").json()["older"] is None


def test_what_was_imported_yesterday_is_shown_whatever_its_dates(settings: Any, alice: Actor) -> None:
    settings.PLAN = "free"
    past = datetime(2020, 1, 1, tzinfo=UTC)
    create_project(replace(alice, at=past), name="Of old", key="OLD")
    assert "OLD" in page(alice) and "Everything older" not in page(alice)


def test_the_pricing_page_says_it(db: None) -> None:
    html = re.sub(r"\s+", " ", Client().get("/pricing/").content.decode())
    assert "The activity feed goes back" in html and "90 days" in html and "To the beginning" in html
