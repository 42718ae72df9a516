"""Pins: where a planner must leave a task, for as long as nobody unpins it."""

from datetime import date
from typing import Any

import pytest

from tasks.actions import archive_task, pin_task, unpin_task, update_task
from tasks.models import Project, Task
from workspaces import tenancy
from workspaces.actions import apply_change, propose_change
from workspaces.actor import Actor
from workspaces.errors import Forbidden, Refused, Stale
from workspaces.events import says
from workspaces.tests.people import Program, browser, log

from .test_undo import undo

MONDAY, FRIDAY = date(2027, 1, 4), date(2027, 1, 8)


def pin(task: Task) -> tuple[date | None, date | None]:
    with tenancy.workspace(task.workspace_id, atomic=True):
        found: Any = Task.objects.within(task.workspace_id).values_list("pin_start", "pin_due").get(pk=task.pk)
        return found  # type: ignore[no-any-return]


def test_it_is_pinned_told_and_taken_back(bob: Actor, cards: list[Task]) -> None:
    pin_task(bob, cards[0], due=FRIDAY)
    pin_task(bob, cards[0], start=MONDAY, due=FRIDAY)
    rows = log(bob, "task:pinned")
    assert says(rows[0]) == "pinned FLOW-1 One: it must be due on 2027-01-08"
    assert says(rows[1]) == "pinned FLOW-1 One: it must begin on 2027-01-04 and be due on 2027-01-08"
    pin_task(bob, cards[0], start=MONDAY, due=FRIDAY)
    assert len(log(bob, "task:pinned")) == 2, "twice is once"
    undo(bob)
    assert pin(cards[0]) == (None, FRIDAY)
    undo(bob)
    assert pin(cards[0]) == (MONDAY, FRIDAY)
    unpin_task(bob, cards[0])
    unpin_task(bob, cards[0])
    assert pin(cards[0]) == (None, None) and len(log(bob, "task:unpinned")) == 1
    assert says(log(bob)[-1]) == "unpinned FLOW-1 One"
    undo(bob)
    assert pin(cards[0]) == (MONDAY, FRIDAY)


def test_it_never_expires(bob: Actor, cards: list[Task]) -> None:
    pin_task(bob, cards[0], due=date(2020, 1, 1))
    update_task(bob, cards[0], due=FRIDAY, title="Other")
    archive_task(bob, cards[0])
    assert pin(cards[0]) == (None, date(2020, 1, 1))


def test_what_is_no_pin_is_refused(bob: Actor, gus: Actor, cards: list[Task]) -> None:
    with pytest.raises(Refused, match="Say on which day"):
        pin_task(bob, cards[0])
    with pytest.raises(Refused, match="before it begins") as no:
        pin_task(bob, cards[0], start=FRIDAY, due=MONDAY)
    assert no.value.field == "due"
    with pytest.raises(Forbidden):
        pin_task(gus, cards[0], due=FRIDAY)
    with pytest.raises(Forbidden):
        unpin_task(gus, cards[0])
    assert pin(cards[0]) == (None, None)


def test_a_plan_from_before_the_pin_does_not_move_it(bob: Actor, cards: list[Task]) -> None:
    line = {"action": "update_task", "subject": "FLOW-1", "arguments": {"due": "2027-02-01"}}
    change = propose_change(bob, title="Plan", lines=[line, {**line, "subject": "FLOW-2"}])
    pin_task(bob, cards[0], due=FRIDAY)
    done = apply_change(bob, change)
    assert [one["state"] for one in done.lines] == ["stale", "applied"]
    assert done.lines[0]["why_stale"] == "FLOW-1 has moved on: its pin was changed since."


def test_rest_pins_and_unpins(bob: Actor, cards: list[Task]) -> None:
    program = Program(bob)
    told = program.call("put", "tasks/FLOW-1/pin/", {"due": "2027-01-08"}).json()
    assert told["pin"] == {"start": None, "due": "2027-01-08"} and told["versions"]["pin"] == told["version"]
    assert program.get("tasks/FLOW-1/").json()["pin"] == told["pin"]
    assert program.get("tasks/FLOW-2/").json()["pin"] is None
    assert program.call("put", "tasks/FLOW-1/pin/", {"on": "2027-01-08"}).json()["errors"] == {
        "on": ["There is no such field."]
    }
    assert list(program.call("put", "tasks/FLOW-1/pin/", {}).json()["errors"]) == ["due"]
    assert program.delete("tasks/FLOW-1/pin/").json()["pin"] is None


def test_a_stale_pin_is_refused(bob: Actor, cards: list[Task]) -> None:
    update_task(bob, cards[0], title="Other")
    with pytest.raises(Stale):
        pin_task(bob, cards[0], due=FRIDAY, base_version=1)


def test_the_page_shows_it_and_where_it_is_off(bob: Actor, gus: Actor, project: Project, cards: list[Task]) -> None:
    client, url = browser(bob), "/w/acme/t/FLOW-1/"
    assert client.post(f"{url}pin/", {"due": "2027-01-08", "start": ""}).status_code == 204
    page = client.get(url).content.decode()
    assert "Due Jan 8, 2027" in page and "Due on another day" in page and ">Unpin<" in page
    update_task(bob, cards[0], due=FRIDAY)
    assert "Due on another day" not in client.get(url).content.decode()
    refused = client.post(f"{url}pin/", {"due": "soon"})
    assert refused.status_code == 422 and "such as 2026-12-31" in refused.content.decode()
    assert client.delete(f"{url}pin/").status_code == 204
    assert ">Unpin<" not in client.get(url).content.decode()
