"""Rules over REST: made, read, changed, tried, deleted; by whom, and what is refused."""

from typing import Any

import pytest

from tasks.actions import create_project, create_task, move_task, update_task
from tasks.models import Project, Task
from workspaces.actor import Actor
from workspaces.tests.people import Program, log

from .automations import admin, fresh, rule, runs, work  # noqa: F401
from .boards import column

BODY = {
    "name": "Finish", "project": "FLOW", "when": {"kind": "moved", "value": "Done"},
    "conditions": [{"kind": "priority_from", "value": 3}], "steps": [{"kind": "unassign_all"}, {"kind": "tell", "value": "bob@example.com"}],
}  # fmt: skip


def test_a_life(alice: Actor, bob: Actor, project: Project, cards: list[Task]) -> None:
    program = Program(alice)
    made = program.post("automations/", BODY)
    assert made.status_code == 201
    row = made.json()
    assert (
        row["sentence"]
        == "When a card is moved to Done, if its priority is High or higher, then take everybody off it and tell Bob."
    )
    assert (row["project"], row["on"], row["faults"], row["keeper"]["name"]) == ("FLOW", True, [], "Alice")
    path = f"automations/{row['id']}/"
    update_task(alice, cards[0], priority=4, assignees=[alice.user])
    move_task(alice, cards[0], to=column(project, "Done"))
    work(alice)
    (run,) = program.get(f"{path}runs/").json()["results"]
    assert (run["state"], run["task"], run["why"]) == ("done", "FLOW-1", "")
    assert program.post(f"changes/{run['change_id']}/undo/").status_code == 200
    read = program.get(path).json()
    assert read["runs_this_month"] == 1 and read["last_run_at"]
    changed = program.patch(path, {"name": "Done", "on": False}).json()
    assert (changed["name"], changed["on"], changed["version"]) == ("Done", False, 2)
    assert program.patch(path, {"name": "Else", "version": 1}).status_code == 412
    assert program.delete(path).status_code == 204 and program.get(path).status_code == 404
    assert [row.event for row in log(alice) if row.event.startswith("automation:")] == [
        "automation:created", "automation:updated", "automation:switched", "automation:deleted",
    ]  # fmt: skip


def test_trying_does_nothing(alice: Actor, project: Project, cards: list[Task]) -> None:
    made = rule(
        alice, project, "finished", ("priority", 4), ("comment", "Well done"), "archive", conditions=["unassigned"]
    )
    move_task(alice, cards[1], to=column(project, "Done"))
    before = len(log(alice))
    program = Program(alice)
    found = program.post(f"automations/{made.pk}/try/", {"task": "FLOW-1"}).json()
    assert found == {
        "fits": True, "why": "", "times": 1,
        "would": ["Set the priority of FLOW-1 One to urgent", "Commented on FLOW-1 One", "Archived FLOW-1 One"],
    }  # fmt: skip
    card = fresh(cards[0])
    assert (card.priority, card.archived_at, card.comment_count) == (0, None, 0)
    assert len([row for row in log(alice)[before:] if not row.event.startswith("token:")]) == 0
    assert not runs(alice)


def test_members_read_and_guests_do_not(alice: Actor, bob: Actor, gus: Actor, project: Project) -> None:
    hidden = create_project(alice, name="Hidden", key="HID", private=True)
    seen, secret, everywhere = (
        rule(alice, project, "created", "archive"), rule(alice, hidden, "created", "archive"), rule(alice, None, "created", "archive")
    )  # fmt: skip
    member, guest = Program(bob), Program(gus)
    listed = [row["id"] for row in member.get("automations/").json()["results"]]
    assert listed == [str(seen.pk), str(everywhere.pk)]
    assert member.get(f"automations/{secret.pk}/").status_code == 404
    assert member.patch(f"automations/{seen.pk}/", {"on": False}).status_code == 403
    assert member.delete(f"automations/{seen.pk}/").status_code == 403
    assert member.post(f"automations/{seen.pk}/try/", {"task": "FLOW-1"}).status_code == 403
    assert guest.get("automations/").status_code == 403


def test_runs_on_cards_that_one_does_not_see_are_not_shown(alice: Actor, bob: Actor, project: Project) -> None:
    hidden = create_project(alice, name="Hidden", key="HID", private=True)
    made = rule(alice, None, "created", ("priority", 1))
    create_task(alice, hidden, title="Secret")
    create_task(alice, project, title="Open")
    work(alice)
    assert len(runs(alice)) == 2
    assert [row["task"] for row in Program(bob).get(f"automations/{made.pk}/runs/").json()["results"]] == ["FLOW-1"]


def test_a_token_cannot_do_by_a_rule_what_it_may_not(alice: Actor, project: Project) -> None:
    from django.test import Client

    from workspaces.actions import create_token

    _, token = create_token(alice, name="rules only", scopes=["automations:write", "projects:read"])
    client = Client(headers={"authorization": f"Token {token}"})
    answer = client.post("/api/v1/workspaces/acme/automations/", BODY, content_type="application/json")
    assert answer.status_code == 403 and answer.json()["scope"] == "tasks:write"


@pytest.mark.parametrize(
    ("wrong", "status", "field"),
    [
        ({"steps": []}, 422, "steps"),
        ({"steps": [{"kind": "explode"}]}, 400, "steps[0].kind"),
        ({"steps": [{"kind": "archive"}] * 6}, 400, "steps"),
        ({"steps": [{"kind": "label", "value": "Nope"}]}, 422, "steps[0].value"),
        ({"steps": [{"kind": "comment", "value": "x" * 2001}]}, 400, "steps[0].value"),
        ({"steps": [{"kind": "priority", "value": [1]}]}, 400, "steps[0].value"),
        ({"when": {"kind": "due", "value": "soon"}}, 422, "when.value"),
        ({"conditions": [{"kind": "older_than"}]}, 422, "conditions[0].value"),
        ({"project": "NOPE"}, 422, "project"),
        ({"keeper": "me"}, 400, "keeper"),
        ({"on": "yes"}, 400, "on"),
    ],
)
def test_what_is_refused(alice: Actor, project: Project, wrong: dict[str, Any], status: int, field: str) -> None:
    answer = Program(alice).post("automations/", {**BODY, "steps": [{"kind": "archive"}], **wrong})
    assert answer.status_code == status, answer.content
    if field:
        assert field in answer.json()["errors"]


def test_eve_sees_nothing(alice: Actor, eve: Actor, project: Project) -> None:
    made = rule(alice, project, "created", "archive")
    foreign = Program(eve)
    assert foreign.get("automations/").json()["results"] == []
    for path in ("", "runs/"):
        assert foreign.get(f"automations/{made.pk}/{path}").status_code == 404
    assert (
        foreign.post(
            "automations/", {**BODY, "project": None, "steps": [{"kind": "assign", "value": str(alice.user.pk)}]}
        ).status_code
        == 422
    )
