"""The pages of rescheduling: the form and its chips, the run, the proposal; without the AI there is no word of it."""

from typing import Any

import pytest

from ai.models import AIRun
from ai.runs import perform
from tasks.actions import archive_project, create_project, create_task, share_project, share_task
from tasks.models import Project, Task
from workspaces import tenancy
from workspaces.actions import apply_change
from workspaces.actor import Actor
from workspaces.tests.people import browser

from .rows import switch_on
from .test_no_trace import WORDS
from .test_rescheduling import board, now, on, plan, proposal, task

__all__ = ["board"]
URL = "/w/acme/p/FLOW/reschedule/"
FORM = {"start": "2027-01-04", "end": "2027-01-29", "points_a_day": "1", "moving": "normal"}


def newest(by: Actor) -> AIRun:
    with tenancy.workspace(by.workspace.pk, atomic=True):
        found: AIRun = AIRun.objects.within(by.workspace).order_by("-created_at")[0]
        return found


def away(by: Actor, **more: str) -> dict[str, str]:
    return {"r3-rule": "away", "r3-person": str(by.user.pk), "r3-since": "2027-01-04", "r3-until": "2027-01-05"} | more


def test_the_form_starts_a_run_that_leads_to_a_proposal(alice: Actor, bob: Actor, board: list[Task]) -> None:
    client = browser(alice)
    rule = {"r7-rule": "days", "r7-person": str(bob.user.pk), "r7-days": ["mon", "wed", "thu"]}
    answer = client.post(URL, FORM | away(bob) | rule | {"most_moves": "9", "undated": "1", "deadline": ""})
    run = newest(alice)
    assert answer.status_code == 302 and answer["Location"] == f"/w/acme/ai/runs/{run.pk}/"
    wishes = run.inputs["wishes"]
    assert (wishes["most_moves"], wishes["undated"], wishes["deadline"]) == (9, True, None)
    assert [one["rule"] for one in wishes["rules"]] == ["away", "days"] and wishes["rules"][1]["days"] == [
        "mon",
        "wed",
        "thu",
    ]
    perform(run.workspace_id, run.pk)
    page = client.get(now(run).result["page"]).content.decode()
    assert "Bob is away 4 January to 5 January" in page and "Bob works on Monday, Wednesday and Thursday" in page
    assert "Bob is full on" in page and "by the planner" in page and "Who has how much" in page
    assert f'href="{URL}?run={run.pk}"' in page
    again = client.get(f"{URL}?run={run.pk}").content.decode()
    assert 'value="2027-01-29"' in again and again.count("data-drop-rule") == 2 + 7 and 'value="9"' in again


def test_what_could_not_be_placed_stands_first_with_why(
    alice: Actor, bob: Actor, project: Project, board: list[Task]
) -> None:
    run = plan(alice, project, deadline="2027-01-05")
    page = browser(alice).get(run.result["page"]).content.decode()
    assert "2 tasks could not be placed" in page
    assert page.index("could not be placed") < page.index("FLOW-3") < page.index('id="line-')
    assert "No date until 5 January fits. Bob is full on 5 January" in page


def test_a_plan_that_moves_nothing_says_so_and_what_could_not_be_placed(
    alice: Actor, bob: Actor, project: Project, board: list[Task]
) -> None:
    run = plan(alice, project, most_moves=0)
    assert run.change is None and run.result["page"] == f"{URL}?run={run.pk}"
    page = browser(alice).get(run.result["page"]).content.decode()
    assert "No date changes; 4 tasks could not be placed." in page
    assert "FLOW-2" in page and "Its date would have to move, and none may." in page
    assert page.index("could not be placed") < page.index('id="plan-form"')


@pytest.mark.parametrize(
    ("given", "words", "field"),
    [
        ({"end": "2027-01-01"}, "The plan ends before it begins.", 'id="plan-end-error"'),
        ({"most_moves": "few"}, "At most how many dates may move: a whole number", 'id="plan-most_moves-error"'),
        ({"points_a_day": "0"}, "With no points a day nobody works", 'id="plan-points_a_day-error"'),
        ({"r0-rule": "stays", "r0-task": "FLOW-99"}, "There is no task FLOW-99 in FLOW.", "is-faulty"),
        ({"r0-rule": "points", "r0-person": "nobody", "r0-points": "1"}, "cannot see this project", "is-faulty"),
        ({"r0-rule": "magic"}, "A rule is one of away,", "is-faulty"),
    ],
)  # fmt: skip
def test_a_form_that_cannot_be_kept_is_drawn_again_as_it_was(
    bob: Actor, board: list[Task], given: dict[str, str], words: str, field: str
) -> None:
    answer = browser(bob).post(URL, FORM | away(bob) | given)
    page = answer.content.decode()
    assert answer.status_code == 422 and words in page and field in page
    assert "2027-01-05" in page, "the rule that was right is still there"
    unknown = browser(bob).post(URL, FORM | {"r0-magic": "x"})
    assert unknown.status_code == 422 and "no field" in unknown.content.decode()


def test_the_form_remembers_what_lies_ahead(bob: Actor, board: list[Task]) -> None:
    client = browser(bob)
    old = {"r0-rule": "away", "r0-person": str(bob.user.pk), "r0-since": "2026-01-04", "r0-until": "2026-01-05"}
    stays = {"r1-rule": "stays", "r1-task": "FLOW-1"}
    assert (
        client.post(
            URL, FORM | old | stays | {"start": "2026-01-04", "end": "2026-12-24", "frozen_until": "2026-01-06"}
        ).status_code
        == 302
    )
    page = client.get(URL).content.decode()
    assert 'value="FLOW-1"' in page and "2026-01-0" not in page
    assert "FLOW-1&quot;" not in client.get("/w/acme/p/FLOW/reschedule/?run=nonsense").content.decode()


def test_who_may_not_plan_has_no_form(alice: Actor, bob: Actor, gus: Actor, eve: Actor, project: Project) -> None:
    share_project(alice, project, person=gus.user, grant="edit_project")
    assert (
        browser(gus).get(URL).status_code == 403
        and "reschedule/" not in browser(gus).get("/w/acme/p/FLOW/board/").content.decode()
    )
    assert browser(eve).get(URL).status_code == 404
    secret = create_project(alice, name="Hush", key="HUSH", private=True)
    share_task(alice, create_task(alice, secret, title="One"), person=bob.user, grant="edit_task")
    assert browser(bob).get("/w/acme/p/HUSH/reschedule/").status_code == 403
    archive_project(alice, project)
    assert browser(bob).get(URL).status_code == 422


def test_without_the_ai_no_page_of_it_says_so(alice: Actor, bob: Actor, project: Project, board: list[Task]) -> None:
    """Not even the activity, and the proposal's page, of what the planner did."""
    run = plan(bob, project, deadline="2027-01-05")
    apply_change(alice, proposal(run))
    client = browser(bob)
    pages = [URL, run.result["page"], "/w/acme/changes/", "/w/acme/activity/", f"/w/acme/t/{board[1].ref}/"]
    for url in pages:
        page = client.get(url).content.decode()
        assert not [hit for hit in WORDS.findall(page) if hit != "/ai/"], url
    assert "Planner" in client.get(run.result["page"]).content.decode()
    assert "In words" not in client.get(URL).content.decode()


def test_with_the_ai_it_can_be_said_in_words(alice: Actor, bob: Actor, board: list[Task]) -> None:
    switch_on(alice)
    assert "In words" in browser(alice).get(URL).content.decode()
    assert "In words" not in browser(bob).get(URL).content.decode()
    refused: Any = browser(bob).post(f"{URL}words/", FORM | {"words": "Bob is away"})
    assert refused.status_code == 403


def test_one_plan_costs_the_same_queries_at_3_and_at_30_tasks(
    alice: Actor, project: Project, django_assert_max_num_queries: Any
) -> None:
    for n in range(30):
        task(alice, project, f"Task {n}", 0 if n % 2 else None, assignees=[alice.user])
    run = plan(alice, project)
    assert on(1).isoformat() in str(proposal(run).lines)
    with django_assert_max_num_queries(40):
        assert browser(alice).get(run.result["page"]).status_code == 200
