"""Rescheduling: a project's open tasks placed by the planner; nothing moves before a yes, and one undo takes all of it back."""

from datetime import date, timedelta
from typing import Any

import pytest

from ai.actions.rescheduling import start_reschedule
from ai.actions.runs import cancel_run, claim_run
from ai.models import AIRun, Proposal
from ai.rescheduling.planning import Telling, plan_project
from ai.runs import Cancelled, Running, perform
from ai.scheduling import Problem, Work, solve
from tasks.actions import (
    add_dependency,
    archive_project,
    create_project,
    create_task,
    pin_task,
    share_project,
    update_task,
)
from tasks.models import Project, Task
from tasks.tests.test_undo import picture
from workspaces import tenancy
from workspaces.actions import apply_change, undo_change
from workspaces.actor import Actor
from workspaces.errors import Forbidden, Refused
from workspaces.models import ChangeSet
from workspaces.tests.people import Program, log
from workspaces.tests.test_erasure import erased

MONDAY = date(2027, 1, 4)


def on(days: int) -> date:
    return MONDAY + timedelta(days)


def task(by: Actor, project: Project, title: str, due: int | None = None, points: int | None = 1, **more: Any) -> Task:
    return create_task(by, project, title=title, due=None if due is None else on(due), estimate=points, **more)


@pytest.fixture
def board(alice: Actor, bob: Actor, project: Project) -> list[Task]:
    """FLOW-1 … FLOW-4 are Bob's, all due on Monday; FLOW-5 waits for FLOW-1 and is nobody's; FLOW-6 has no date."""
    mine = [task(alice, project, f"Bob {n}", 0, assignees=[bob.user], priority=4 - n) for n in range(4)]
    last = task(alice, project, "Last", 0)
    add_dependency(alice, last, blocking=mine[0])
    return [*mine, last, task(alice, project, "Some day")]


def plan(by: Actor, project: Project, **wishes: Any) -> AIRun:
    run = start_reschedule(by, project, wishes={"start": "2027-01-04", "end": "2027-01-29", **wishes})
    perform(run.workspace_id, run.pk)
    return now(run)


def now(run: AIRun) -> AIRun:
    with tenancy.workspace(run.workspace_id, atomic=True):
        return AIRun.objects.within(run.workspace_id).select_related("change").get(pk=run.pk)


def proposal(run: AIRun) -> ChangeSet:
    assert run.change is not None, run.error or run.result
    return run.change


def dates(run: AIRun) -> dict[str, str]:
    return {line["subject"]["ref"]: line["arguments"]["due"] for line in proposal(run).lines}


def whys(run: AIRun) -> dict[str, str]:
    return {line["subject"]["ref"]: line["because"] for line in proposal(run).lines}


def test_a_plan_is_a_proposal_with_reasons(bob: Actor, project: Project, board: list[Task]) -> None:
    before, rows = picture(project), len(log(bob))
    run = plan(bob, project)
    assert run.result["summary"] == "4 dates change. There is no better plan."
    assert dates(run) == {
        "FLOW-2": "2027-01-05",
        "FLOW-5": "2027-01-05",
        "FLOW-3": "2027-01-06",
        "FLOW-4": "2027-01-07",
    }
    assert whys(run) == {
        "FLOW-2": "Bob is full on 4 January with FLOW-1.",
        "FLOW-3": "Bob is full on 5 January with FLOW-2.",
        "FLOW-4": "Bob is full on 6 January with FLOW-3.",
        "FLOW-5": "It waits for FLOW-1, which is done on 4 January.",
    }
    assert {line["source"] for line in proposal(run).lines} == {"solver"}
    assert picture(project) == before
    (row,) = log(bob)[rows:]
    assert (row.event, row.via, row.on_behalf_of_id) == ("change:proposed", "automation", bob.user.pk)
    binding = run.result["plan"]["binding"]
    assert binding["FLOW-2"] == {
        "kind": "full", "words": f"{{{bob.user.pk}}} is full on 4 January with FLOW-1.", "tasks": ["FLOW-1"],
        "people": [str(bob.user.pk)],
    }  # fmt: skip
    assert binding["FLOW-5"]["kind"] == "waits"


def test_the_same_wishes_give_the_same_plan(bob: Actor, project: Project, board: list[Task]) -> None:
    first, second = plan(bob, project, undated=True), plan(bob, project, undated=True)
    assert dates(first) == dates(second) and "FLOW-6" in dates(first)
    assert first.result["plan"] == second.result["plan"]


def test_applied_and_undone_the_rows_are_as_before(alice: Actor, project: Project, board: list[Task]) -> None:
    before = picture(project)
    change = apply_change(alice, proposal(plan(alice, project)))
    assert change.state == "applied" and picture(project) != before
    assert undo_change(alice, change).stale == [] and picture(project) == before


def test_what_has_moved_on_is_left(alice: Actor, bob: Actor, project: Project, board: list[Task]) -> None:
    change = proposal(plan(bob, project))
    update_task(alice, board[1], due=on(20))
    pin_task(alice, board[2], due=on(0))
    update_task(alice, board[3], title="Bob 4, renamed")
    done = apply_change(bob, change)
    assert {line["subject"]["ref"]: line["state"] for line in done.lines} == {
        "FLOW-2": "stale", "FLOW-3": "stale", "FLOW-4": "applied", "FLOW-5": "applied",
    }  # fmt: skip


def test_pins_hold(bob: Actor, project: Project, board: list[Task]) -> None:
    pin_task(bob, board[3], due=on(0))  # the least urgent of four
    pin_task(bob, board[2], due=on(8))  # which is not its date
    pin_task(bob, board[1], start=on(9))
    run = plan(bob, project)
    assert dates(run) == {
        "FLOW-1": "2027-01-05",
        "FLOW-5": "2027-01-06",
        "FLOW-3": "2027-01-12",
        "FLOW-2": "2027-01-13",
    }
    assert whys(run)["FLOW-3"] == "It is pinned to be due on 12 January."
    assert whys(run)["FLOW-2"] == "It is pinned to begin on 13 January; 1 point takes 1 working day."
    assert whys(run)["FLOW-1"] == "Bob is full on 4 January with FLOW-4."


def test_rules_hold(alice: Actor, bob: Actor, project: Project, board: list[Task]) -> None:
    rules = [
        {"rule": "away", "person": "bob@example.com", "since": "2027-01-04", "until": "2027-01-08"},
        {"rule": "days", "person": str(bob.user.pk), "days": ["tue", "mon"]},
        {"rule": "stays", "task": "FLOW-5"},
        {"rule": "first", "task": "flow-4"},
        {"rule": "not_before", "task": "FLOW-3", "since": "2027-01-19"},
        {"rule": "by", "task": "FLOW-2", "until": "2027-01-12"},
    ]
    run = plan(alice, project, rules=rules)
    assert {ref: due[-2:] for ref, due in dates(run).items()} == {"FLOW-4": "11", "FLOW-2": "12", "FLOW-3": "19"}
    (nowhere,) = run.result["plan"]["unplaced"]
    assert (nowhere["task"], nowhere["kind"]) == ("FLOW-1", "holds")
    assert run.result["plan"]["wishes"]["rules"][1] == {
        "rule": "days",
        "person": str(bob.user.pk),
        "days": ["mon", "tue"],
    }


def test_the_budget_of_moves_the_frozen_days_and_the_deadline(bob: Actor, project: Project, board: list[Task]) -> None:
    few = plan(bob, project, most_moves=1)
    assert len(dates(few)) == 1
    assert {one["kind"] for one in few.result["plan"]["unplaced"]} <= {"churn", "full"}
    frozen = plan(bob, project, frozen_until="2027-01-08")
    assert frozen.change is None and frozen.result["summary"].startswith("No date has to change.")
    late = plan(bob, project, deadline="2027-01-05")
    assert [one["task"] for one in late.result["plan"]["unplaced"]] == ["FLOW-3", "FLOW-4"]
    assert "3 tasks" not in late.result["summary"] and "2 tasks could not be placed" in late.result["summary"]


def test_work_elsewhere_takes_their_days(alice: Actor, bob: Actor, project: Project, board: list[Task]) -> None:
    other = create_project(alice, name="Other", key="OTH")
    task(alice, other, "Elsewhere", 1, assignees=[bob.user])
    secret = create_project(alice, name="Hush", key="HUSH", private=True)
    share_project(alice, secret, person=bob.user, grant="edit_project")
    task(alice, secret, "Merger", 2, assignees=[bob.user])
    assert dates(plan(bob, project))["FLOW-2"] == "2027-01-07", "behind OTH-1 and HUSH-1, which Bob sees"
    carol_sees = plan(alice, project)
    assert dates(carol_sees)["FLOW-2"] == "2027-01-07"


def test_what_one_may_not_see_is_neither_counted_nor_named(
    alice: Actor, bob: Actor, project: Project, board: list[Task]
) -> None:
    secret = create_project(alice, name="Hush", key="HUSH", private=True)
    merger = task(alice, secret, "Merger", 10, assignees=[alice.user])
    add_dependency(alice, board[4], blocking=merger)
    assert dates(plan(alice, project))["FLOW-5"] == "2027-01-15"
    run = plan(bob, project)
    assert dates(run)["FLOW-5"] == "2027-01-05" and "HUSH" not in str(run.result)


def test_loads_before_and_after(bob: Actor, project: Project, board: list[Task]) -> None:
    run = plan(bob, project, points_a_day=0.5)
    (load,) = run.result["plan"]["loads"]
    assert load["person"] == str(bob.user.pk)
    assert [(week["before"], week["after"], week["capacity"]) for week in load["weeks"]][:2] == [
        (400, 250, 250),
        (0, 150, 250),
    ]
    with tenancy.workspace(bob.workspace.pk, atomic=True):
        row = Proposal.objects.within(bob.workspace).get(change=run.change)
    assert (row.facts["plan"], row.model) == (run.result["plan"], "") and row.summary == run.result["summary"]


def test_nothing_kept_names_who_was_erased(alice: Actor, bob: Actor, project: Project, board: list[Task]) -> None:
    run = plan(alice, project, deadline="2027-01-05")
    erased(bob.user, alice)
    kept = now(run)
    assert "Bob is" not in str(kept.result) and "Bob is" not in str(proposal(kept).lines)
    told = Program(alice).get(f"ai/runs/{run.pk}/").json()["result"]["plan"]
    assert "Bob is" not in str(told) and "is full on 5 January" in told["unplaced"][0]["words"]


def test_cancelled_on_its_way_it_proposes_nothing(bob: Actor, project: Project, board: list[Task]) -> None:
    run = start_reschedule(bob, project, wishes={})
    cancel_run(bob, run)
    assert not perform(run.workspace_id, run.pk)
    assert now(run).state == "cancelled" and log(bob, "change:proposed") == []


def test_cancelled_while_the_planner_searches_it_stops(bob: Actor, project: Project, board: list[Task]) -> None:
    run = start_reschedule(bob, project, wishes={})
    claim_run(run.workspace_id, run.pk)
    running = Running(bob, run.pk, run.inputs)
    steps: list[int] = []

    def telling(percent: int, step: str) -> None:
        steps.append(percent)
        if len(steps) == 2:
            cancel_run(bob, run)
        Telling(running)(percent, step)

    works = tuple(Work(f"t{n}", f"T-{n}", due=MONDAY) for n in range(30))
    with pytest.raises(Cancelled):
        solve(Problem(MONDAY, on(60), works), progress=telling)
    assert len(steps) == 2 and now(run).state == "cancelled"
    with pytest.raises(Cancelled):
        plan_project(running)
    assert log(bob, "change:proposed") == []


def test_how_far_it_is_can_be_read(bob: Actor, project: Project, board: list[Task]) -> None:
    run = start_reschedule(bob, project, wishes={})
    claim_run(run.workspace_id, run.pk)
    Telling(Running(bob, run.pk, run.inputs))(40, "Placing the tasks")
    assert (now(run).progress, now(run).step) == (40, "Placing the tasks")


def test_who_may_not_plan(alice: Actor, bob: Actor, gus: Actor, project: Project, board: list[Task]) -> None:
    share_project(alice, project, person=gus.user, grant="edit_project")
    with pytest.raises(Forbidden):
        start_reschedule(gus, project, wishes={})
    archive_project(alice, project)
    with pytest.raises(Refused, match="archived"):
        start_reschedule(bob, project, wishes={})
    empty = create_project(alice, name="Empty", key="EMP")
    assert plan(bob, empty).error == "Empty has no open tasks: there is nothing to plan."


FAULTS: dict[str, tuple[dict[str, Any], str]] = {
    "an unknown field": ({"begin": "2027-01-04"}, "begin"),
    "no date": ({"end": "soon"}, "end"),
    "an end before the start": ({"start": "2027-01-04", "end": "2027-01-03"}, "end"),
    "years": ({"start": "2027-01-04", "end": "2029-01-03"}, "end"),
    "a deadline that has passed": ({"start": "2027-01-04", "deadline": "2027-01-03"}, "deadline"),
    "moves that are no number": ({"most_moves": "5"}, "most_moves"),
    "a word that is none": ({"moving": "never"}, "moving"),
    "no points": ({"points_a_day": 0}, "points_a_day"),
    "points as text": ({"points_a_day": "1"}, "points_a_day"),
    "an unknown rule": ({"rules": [{"rule": "magic"}]}, "rules[0].rule"),
    "half a rule": ({"rules": [{"rule": "away", "person": "me"}]}, "rules[0].since"),
    "more than a rule": ({"rules": [{"rule": "stays", "task": "FLOW-1", "until": "2027-01-04"}]}, "rules[0].until"),
    "somebody unknown": ({"rules": [{"rule": "points", "person": "eve@example.com", "points": 1}]}, "rules[0].person"),
    "a task of nowhere": ({"rules": [{"rule": "stays", "task": "FLOW-99"}]}, "rules[0].task"),
    "days that are none": ({"rules": [{"rule": "days", "person": "me", "days": ["someday"]}]}, "rules[0].days[0]"),
    "away backwards": (
        {"rules": [{"rule": "away", "person": "me", "since": "2027-01-05", "until": "2027-01-04"}]}, "rules[0].until",
    ),
    "a project of nowhere": ({"project": "NONE"}, "project"),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_rest_refuses_by_name(bob: Actor, eve: Actor, project: Project, board: list[Task], name: str) -> None:
    said, field = FAULTS[name]
    answer = Program(bob).post("ai/reschedule/", {"project": "FLOW", **said})
    assert answer.status_code in (400, 422) and list(answer.json()["errors"]) == [field]


def test_rest_plans(bob: Actor, project: Project, board: list[Task]) -> None:
    program = Program(bob)
    begun = program.post("ai/reschedule/", {"project": "FLOW", "start": "2027-01-04", "points_a_day": 0.5})
    assert begun.status_code == 202 and begun.json()["state"] == "queued" and begun.json()["kind"] == "reschedule"
    run = begun.json()["id"]
    perform(bob.workspace.pk, run)
    told = program.get(f"ai/runs/{run}/").json()
    assert told["state"] == "done" and told["result"]["plan"]["gap"] == 0
    assert told["result"]["plan"]["binding"]["FLOW-2"]["words"].startswith("Bob is full on")
    assert told["result"]["plan"]["loads"][0]["weeks"][0] == {
        "monday": "2027-01-04", "capacity": 2.5, "before": 4.0, "after": 2.5,
    }  # fmt: skip
    change = program.get(f"changes/{told['change']}/").json()
    assert change["state"] == "proposed" and change["lines"][0]["because"].startswith("It cannot be done by")
