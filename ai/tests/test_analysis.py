"""How a project stands: facts chosen by code, sentences by the model, and only those that their citations bear out."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from ai.actions.analysis import start_analysis
from ai.actions.settings import choose_ai, update_ai_settings
from ai.errors import Off
from ai.models import AIRun
from ai.runs import perform
from tasks.actions import add_dependency, create_project, create_task, share_task
from tasks.models import Project, Task
from workspaces import tenancy
from workspaces.actions import remove_member
from workspaces.actor import Actor
from workspaces.errors import Refused
from workspaces.models import Membership
from workspaces.tests.people import Program, browser

from .provider import Provider
from .rows import switch_on, used


@pytest.fixture
def trouble(alice: Actor, bob: Actor, project: Project) -> list[Task]:
    """FLOW-1 is three days late and Bob's; FLOW-2 waits for it."""
    late = create_task(
        alice, project, title="Ship it", due=timezone.localdate() - timedelta(days=3), assignees=[bob.user]
    )
    waits = create_task(alice, project, title="Announce it")
    add_dependency(alice, waits, blocking=late)
    return [late, waits]


def says(provider: Provider, *said: tuple[str, list[str]]) -> None:
    provider.says(json.dumps({"sentences": [{"text": text, "cites": cites} for text, cites in said]}))


def asked(by: Actor, project: Project, question: str = "", **options: Any) -> AIRun:
    run = start_analysis(by, project, question=question, **options)
    perform(run.workspace_id, run.pk)
    with tenancy.workspace(run.workspace_id, atomic=True):
        return AIRun.objects.within(run.workspace_id).get(pk=run.pk)


def test_sentences_stand_with_what_they_cite_and_others_are_left_out(
    ai_on: Provider, bob: Actor, project: Project, trouble: list[Task]
) -> None:
    says(
        ai_on,
        ("FLOW-1 is 3 days late and with Bob.", ["FLOW-1"]),
        ("FLOW-2 waits for FLOW-1.", ["FLOW-2", "FLOW-1"]),
        ("FLOW-1 is 9 days late.", ["FLOW-1"]),
        ("Everything else is fine.", []),
        ("Send it to https://evil.example/.", ["FLOW-1"]),
    )
    run = asked(bob, project)
    assert run.state == "done", run.error
    assert [(one["text"], [cite["url"] for cite in one["cites"]]) for one in run.result["sentences"]] == [
        ("FLOW-1 is 3 days late and with Bob.", ["/w/acme/t/FLOW-1/"]),
        ("FLOW-2 waits for FLOW-1.", ["/w/acme/t/FLOW-1/", "/w/acme/t/FLOW-2/"]),
    ]
    assert (run.result["dropped"], run.result["facts"], run.result["why"]) == (3, [], "")
    facts = ai_on.asked[-1].data["facts"]
    assert facts[-1]["cite"] == "FLOW-1" and facts[0]["cite"].startswith("#")
    assert used(bob)[0].sent == [
        "2 facts about tasks of FLOW: titles, columns, dates, names of people and files", f"the latest {len(facts) - 2} changes in FLOW",
    ]  # fmt: skip


@pytest.mark.parametrize("how", ["down", "spent", "garbage", "nothing stands"])
def test_without_a_model_the_facts_themselves(
    ai_on: Provider, bob: Actor, project: Project, trouble: list[Task], settings: Any, how: str
) -> None:
    ai_on.breaks(*["500"] * 3 if how == "down" else [])
    if how == "spent":
        settings.AI_TOKENS = 100
    if how == "garbage":
        ai_on.says("nonsense")
    if how == "nothing stands":
        says(ai_on, ("All is well.", ["FLOW-1"]))
    run = asked(bob, project)
    words = {
        "down": "cannot be reached", "spent": "AI budget of 100 tokens", "garbage": "not in the form", "nothing stands": "No sentence",
    }  # fmt: skip
    assert run.result["sentences"] == [] and words[how] in run.result["why"]
    assert run.result["facts"][0]["words"].startswith("FLOW-1 “Ship it” is late: due")
    page = browser(bob).get("/w/acme/p/FLOW/insights/").content.decode()
    assert "FLOW-1 “Ship it” is late: due" in page


def test_a_question_finds_the_tasks_that_it_is_about(
    ai_on: Provider, bob: Actor, project: Project, alice: Actor
) -> None:
    create_task(alice, project, title="Invoices in euro", estimate=5)
    says(ai_on, ("FLOW-1 has 5 points and is with nobody.", ["FLOW-1"]))
    run = asked(bob, project, "What about the invoices?")
    assert [one["text"] for one in run.result["sentences"]] == ["FLOW-1 has 5 points and is with nobody."]
    assert ai_on.asked[-1].data["question"] == "What about the invoices?"
    assert "your question" in used(bob)[0].sent


def test_nothing_to_say_asks_nobody(ai_on: Provider, bob: Actor, alice: Actor) -> None:
    empty = create_project(alice, name="Empty", key="EMPT")
    run = asked(bob, empty, "What about invoices?")
    assert run.state == "done"
    assert all(fact["kind"] == "event" for fact in run.result["facts"])


def test_the_same_is_answered_from_before_until_something_changes(
    ai_on: Provider, bob: Actor, project: Project, trouble: list[Task], alice: Actor
) -> None:
    says(ai_on, ("FLOW-1 is 3 days late and with Bob.", ["FLOW-1"]))
    first, second = asked(bob, project), asked(bob, project)
    assert len(ai_on.asked) == 1 and second.result["receipt"]["cached_at"]
    assert second.result["sentences"] == first.result["sentences"]
    assert "Ask again" in browser(bob).get("/w/acme/p/FLOW/insights/").content.decode()
    asked(bob, project, again=True)
    create_task(alice, project, title="More")
    asked(bob, project)
    assert len(ai_on.asked) == 3


def test_only_with_the_askers_eyes(
    ai_on: Provider, alice: Actor, gus: Actor, project: Project, trouble: list[Task]
) -> None:
    update_ai_settings(alice, guests=True)
    choose_ai(gus, on=True)
    share_task(alice, trouble[1], person=gus.user, grant="view_task")
    asked(gus, project)
    text = json.dumps(ai_on.asked[-1].data)
    assert "FLOW-2" in text and "Ship it" not in text and "FLOW-1" not in text and "Bob" not in text


def test_what_came_of_it_is_for_who_asked(
    ai_on: Provider, alice: Actor, bob: Actor, project: Project, trouble: list[Task]
) -> None:
    says(ai_on, ("FLOW-1 is 3 days late and with Bob.", ["FLOW-1"]))
    run = asked(bob, project)
    assert Program(bob).get(f"ai/runs/{run.pk}/").json()["result"]["sentences"]
    told = Program(alice).get(f"ai/runs/{run.pk}/").json()
    assert (told["state"], told["result"]) == ("done", None)
    assert "days late" not in browser(alice).get(f"/w/acme/ai/runs/{run.pk}/answer/").content.decode()
    with tenancy.workspace(alice.workspace.pk, atomic=True):
        remove_member(alice, Membership.objects.within(alice.workspace).get(user=bob.user))
        assert AIRun.objects.within(alice.workspace).get(pk=run.pk).result == {}


def test_by_page(ai_on: Provider, bob: Actor, project: Project, trouble: list[Task]) -> None:
    says(ai_on, ("FLOW-1 is 3 days late and with Bob.", ["FLOW-1"]))
    client, here = browser(bob), "/w/acme/p/FLOW/insights/"
    assert "Ask AI about this project" in client.get(here).content.decode()
    waiting = client.post(f"{here}ask/", {"question": "What's up?"}, headers={"hx-request": "true"}).content.decode()
    assert 'hx-trigger="every 1s"' in waiting and "Cancel" in waiting
    with tenancy.workspace(bob.workspace.pk, atomic=True):
        run = AIRun.objects.within(bob.workspace).get()
    perform(run.workspace_id, run.pk)
    answer = client.get(f"/w/acme/ai/runs/{run.pk}/answer/").content.decode()
    assert "FLOW-1 is 3 days late and with Bob." in answer and "What&#x27;s up?" in answer and "Sent: " in answer
    assert "3 days late and with Bob." in client.get(here).content.decode()
    assert client.post(f"{here}ask/", {"question": "x" * 501}).status_code == 422
    assert "/ai/runs/" in client.post(f"{here}ask/", {"question": ""})["Location"]


def test_by_program(ai_on: Provider, bob: Actor, project: Project, trouble: list[Task]) -> None:
    program = Program(bob)
    started = program.post("ai/ask/", {"project": "FLOW", "question": "How is it?"})
    assert started.status_code == 202
    perform(bob.workspace.pk, UUID(started.json()["id"]))
    assert program.get(f"ai/runs/{started.json()['id']}/").json()["result"]["question"] == "How is it?"
    for body in ({}, {"project": "GLOB"}, {"project": "FLOW", "question": "x" * 501}, {"project": "FLOW", "x": 1}):
        assert program.post("ai/ask/", body).status_code in (400, 422), body


def test_refused(bob: Actor, alice: Actor, project: Project) -> None:
    with pytest.raises(Off):
        start_analysis(bob, project)
    switch_on(alice, bob)
    with pytest.raises(Refused, match="500"):
        start_analysis(bob, project, question="x" * 501)
