"""How often rules run: exactly as often as the plan has room for, and no rule more than its share of an hour."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from django.db import connections

from tasks.actions import move_task, update_task
from tasks.actions.metering import runs_used
from tasks.actions.running import Cause, run_rule
from tasks.automations import limits
from tasks.models import Project, Task
from workspaces import plans, tenancy
from workspaces.actor import Actor
from workspaces.spine import acting
from workspaces.tests.people import browser, log

from .automations import fresh, rule, runs, work
from .boards import add, column


def on_plan(by: Actor, monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    """Alice's Free plan with so many runs."""
    monkeypatch.setitem(plans.PLANS, "free", replace(plans.PLANS["free"], automation_runs=most))
    by.workspace.plan = "free"
    with acting(by):
        by.workspace.save(update_fields=["plan"])


def used(by: Actor) -> int:
    with tenancy.workspace(by.workspace.pk, atomic=True):
        return runs_used(by.workspace.pk)


def test_what_did_something_counts(alice: Actor, project: Project, cards: list[Task], monkeypatch: Any) -> None:
    on_plan(alice, monkeypatch, 2)
    rule(alice, project, "finished", ("priority", 2))
    update_task(alice, cards[0], priority=2)
    for card in [*cards, *add(alice, project, "Four", "Five")]:
        move_task(alice, card, to=column(project, "Done"))
    work(alice)
    assert [one.state for one in runs(alice)] == ["idle", "done", "done", "over_plan", "over_plan"]
    assert used(alice) == 2
    assert "The Free plan has 2 runs of rules a month, and all are used." in runs(alice)[-1].why
    assert fresh(runs(alice)[-1].task).priority == 0
    page = browser(alice).get("/w/acme/automations/").content.decode()
    assert "2 of 2 runs this month on Free" in page and "More runs" in page


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_fifty_at_once_with_room_for_ten(alice: Actor, project: Project, monkeypatch: Any) -> None:
    on_plan(alice, monkeypatch, 10)
    rules = [rule(alice, project, "finished", ("checklist", f"Look {n}"), name=f"Rule {n}") for n in range(5)]
    cards = add(alice, project, *(f"Card {n}" for n in range(10)))
    for card in cards:
        move_task(alice, card, to=column(project, "Done"))
    rows = log(alice, "task:moved")
    pairs = [(one.pk, Cause(row.subject_id, row.seq, "", row.actor_id, row.change_id)) for row in rows for one in rules]

    def run(pair: tuple[Any, Cause]) -> None:
        try:
            run_rule(alice.workspace.pk, *pair)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(run, pairs))
    states = [one.state for one in runs(alice)]
    assert len(states) == 50 and states.count("done") == 10 and states.count("over_plan") == 40
    assert used(alice) == 10 and len(log(alice, "checklist:created")) == 10


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_two_workers_at_once_do_it_once(alice: Actor, project: Project, cards: list[Task]) -> None:
    rule(alice, project, "finished", ("comment", "Done"))
    for card in cards:
        move_task(alice, card, to=column(project, "Done"))

    def turn(_: int) -> None:
        try:
            work(alice)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(turn, range(4)))
    assert [one.state for one in runs(alice)] == ["done"] * 3
    assert len(log(alice, "comment:created")) == 3


def test_no_rule_has_more_than_its_share_of_an_hour(
    alice: Actor, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "AN_HOUR", 3)
    made = rule(alice, project, "finished", ("priority", 2))
    rule(alice, project, "finished", ("checklist", "Look"), name="Other")
    cards = add(alice, project, *(f"Card {n}" for n in range(6)))
    with acting(alice, kind="bulk"):
        for card in cards:
            move_task(alice, card, to=column(project, "Done"))
    work(alice)
    found = runs(alice, rule=made)
    assert [one.state for one in found] == ["done"] * 3 + ["skipped"]
    assert found[-1].left == 2 and "times an hour at most" in found[-1].why
    assert len(runs(alice)) == 8
