"""Breaking down: a task or a text becomes a proposal of tasks, by a model or by the text's own lines; nothing is made before a yes."""

import json
from threading import Thread
from typing import Any
from uuid import UUID

import pytest

from ai.actions.breakdown import start_breakdown
from ai.actions.runs import repeat_run
from ai.errors import Off
from ai.models import AIRun, Proposal
from ai.runs import perform
from tasks.actions import add_checklist_item, add_link, create_task, share_project, share_task
from tasks.models import Project, Task
from workspaces import tenancy
from workspaces.actions import apply_change, discard_change, undo_change
from workspaces.actor import Actor
from workspaces.errors import Forbidden, Refused
from workspaces.models import ChangeSet
from workspaces.tests.people import Program, browser, log

from .provider import Provider
from .rows import switch_on, used
from .workers import work as work_off

PARTS = [
    {"title": "Write the copy", "estimate": 2, "because": "“copy” stands in it."},
    {"title": "Draw it", "description": "See https://ours.example/spec", "waits_for": [1], "because": "See ![x](https://evil.example/q)."},
    {"title": "Ship it", "waits_for": [1, 2, 3], "estimate": None, "because": ""},
]  # fmt: skip


@pytest.fixture
def work(alice: Actor, project: Project) -> Task:
    """FLOW-1, with a list in its description and a line in its checklist."""
    task = create_task(
        alice, project, title="Launch page", description="- Copy (2)\n- Drawing\nhttps://ours.example/spec"
    )
    add_checklist_item(alice, task, text="Legal has looked")
    return task


def done(run: AIRun) -> AIRun:
    perform(run.workspace_id, run.pk)
    return now(run)


def now(run: AIRun) -> AIRun:
    with tenancy.workspace(run.workspace_id, atomic=True):
        return AIRun.objects.within(run.workspace_id).select_related("change").get(pk=run.pk)


def says(provider: Provider, parts: list[dict[str, Any]] = PARTS) -> None:
    provider.says(json.dumps({"tasks": parts}))


def titles(by: Actor) -> list[str]:
    with tenancy.workspace(by.workspace.pk, atomic=True):
        return list(Task.objects.within(by.workspace).order_by("number").values_list("title", flat=True))


def proposal(run: AIRun) -> ChangeSet:
    assert run.change is not None, run.error
    return run.change


def test_a_task_becomes_a_proposal_of_subtasks(ai_on: Provider, work: Task, bob: Actor) -> None:
    says(ai_on)
    rows = len(log(bob))
    run = done(start_breakdown(bob, work))
    change = proposal(run)
    assert (change.title, change.state) == ("Break down FLOW-1 Launch page", "proposed")
    assert [(line["action"], line["source"]) for line in change.lines] == [("create_task", "model")] * 3 + [
        ("add_dependency", "model")
    ] * 3
    assert change.lines[0]["arguments"] == {"title": "Write the copy", "estimate": 2, "parent": "FLOW-1"}
    assert [line["because"] for line in change.lines[:3]] == ["“copy” stands in it.", "See x.", ""]
    assert [row.event for row in log(bob)[rows:]] == ["change:proposed"] and titles(bob) == ["Launch page"]
    assert ai_on.asked[-1].data == {
        "task": {"title": "Launch page", "description": work.description}, "subtasks": [], "checklist": ["Legal has looked"],
    }  # fmt: skip
    with tenancy.workspace(bob.workspace.pk, atomic=True):
        side = Proposal.objects.within(bob.workspace).get(change=change)
    (usage,) = used(bob)
    assert (side.run_id, side.usage_id, side.prompt_id, side.model) == (run.pk, usage.pk, usage.prompt_id, "demo")
    assert run.result["receipt"]["sent"] == ["title and description of FLOW-1", "its 1 checklist lines"]


def test_applied_it_is_one_act_that_one_undo_takes_back(ai_on: Provider, work: Task, bob: Actor) -> None:
    says(ai_on)
    change = proposal(done(start_breakdown(bob, work)))
    apply_change(bob, change)
    with tenancy.workspace(bob.workspace.pk, atomic=True):
        made = list(Task.objects.within(bob.workspace).filter(parent=work).order_by("number"))
        assert [(one.title, one.estimate, one.waits_for.count()) for one in made] == [
            ("Write the copy", 2, 0), ("Draw it", None, 1), ("Ship it", None, 2),
        ]  # fmt: skip
    assert {(row.via, row.change_id) for row in log(bob)[-7:]} == {("ai", change.pk)}
    undo_change(bob, change)
    assert titles(bob)[:1] == ["Launch page"]
    with tenancy.workspace(bob.workspace.pk, atomic=True):
        assert not Task.objects.within(bob.workspace).filter(parent=work, deleted_at=None).exists()


def test_a_pasted_text_becomes_tasks(ai_on: Provider, project: Project, bob: Actor) -> None:
    says(ai_on)
    change = proposal(done(start_breakdown(bob, project, pasted="We need copy, a drawing and to ship.")))
    assert change.title == "Tasks from a text for Flow"
    assert change.lines[0]["arguments"] == {"title": "Write the copy", "estimate": 2}
    assert ai_on.asked[-1].data == {"text": "We need copy, a drawing and to ship."}


@pytest.mark.parametrize("how", ["asked for", "down", "spent", "garbage"])
def test_without_a_model_the_lines_of_the_text(
    ai_on: Provider, work: Task, bob: Actor, settings: Any, how: str
) -> None:
    if how == "down":
        ai_on.breaks("500", "500", "500")
    if how == "garbage":
        ai_on.says("no JSON at all")
    if how == "spent":
        settings.AI_TOKENS = 100
    run = done(start_breakdown(bob, work, lines=how == "asked for"))
    change = proposal(run)
    assert [(line["arguments"]["title"], line["source"]) for line in change.lines] == [
        ("Copy", "rule"),
        ("Drawing", "rule"),
    ]
    words = {
        "asked for": "They are the lines of the text itself.",
        "down": "cannot be reached",
        "spent": "AI budget of 100 tokens",
        "garbage": "not in the form",
    }
    assert words[how] in run.result["summary"] and run.result["receipt"] is None
    page = browser(bob).get(f"/w/acme/changes/{change.pk}/").content.decode()
    assert "They are the lines of the text itself" in page and "by a rule" in page


def test_where_there_is_nothing_to_split_it_says_what_to_do(ai_on: Provider, project: Project, bob: Actor) -> None:
    run = done(start_breakdown(bob, create_task(bob, project, title="Small"), lines=True))
    assert (run.state, run.change) == ("failed", None) and "write two or more" in run.error
    ai_on.says(json.dumps({"tasks": [{"title": " ", "because": ""}]}))
    run = done(start_breakdown(bob, create_task(bob, project, title="Tiny")))
    assert (run.state, run.error) == ("failed", "The model named no parts: nothing is proposed.")


def test_what_is_too_long_is_cut_and_said(ai_on: Provider, project: Project, bob: Actor) -> None:
    says(ai_on)
    run = done(start_breakdown(bob, create_task(bob, project, title="Long", description="long words " * 9000)))
    assert "Too long: task.description was cut after" in run.result["summary"]
    assert len(ai_on.asked[-1].text.encode()) < 60_000


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_cancelled_while_the_model_is_asked_it_stops_and_proposes_nothing(
    ai_on: Provider, work: Task, bob: Actor
) -> None:
    run, client = start_breakdown(bob, work), browser(bob)

    def cancel(asked: Any) -> str:
        person = Thread(target=client.delete, args=(f"/w/acme/ai/runs/{run.pk}/",))
        person.start()
        person.join()
        return "word " * 4000

    ai_on.says(cancel)
    ai_on.pause = 0.02
    work_off(run.workspace_id, run.pk)
    assert now(run).state == "cancelled"
    assert ai_on.stopped == 1 and used(bob)[0].outcome == "cancelled" and used(bob)[0].input_tokens > 0
    assert len(titles(bob)) == 1


def test_refused(ai_on: Provider, work: Task, alice: Actor, bob: Actor, gus: Actor, eve: Actor) -> None:
    with pytest.raises(Refused, match="Paste the text"):
        start_breakdown(bob, work.project, pasted="  ")
    with pytest.raises(Refused, match="20,000"):
        start_breakdown(bob, work.project, pasted="x" * 20_001)
    share_project(alice, work.project, person=gus.user, grant="edit_project")
    for lines in (False, True):
        with pytest.raises(Forbidden):
            start_breakdown(gus, work, lines=lines)
    with pytest.raises(Off):
        start_breakdown(eve, work)


def test_guests_whom_the_workspace_lets_use_it_propose_what_others_apply(
    provider: Provider, work: Task, alice: Actor, bob: Actor, gus: Actor
) -> None:
    switch_on(alice, gus, guests=True)
    share_project(alice, work.project, person=gus.user, grant="comment_project")
    with pytest.raises(Forbidden):
        start_breakdown(gus, work)
    share_project(alice, work.project, person=gus.user, grant="edit_project")
    assert "Break down with AI" in browser(gus).get("/w/acme/t/FLOW-1/").content.decode()
    says(provider)
    change = proposal(done(start_breakdown(gus, work)))
    with pytest.raises(Forbidden):
        apply_change(gus, change)
    page = browser(gus).get(f"/w/acme/changes/{change.pk}/").content.decode()
    assert "Write the copy" in page and "Apply" not in page
    apply_change(bob, change)
    assert titles(bob)[1:] == ["Write the copy", "Draw it", "Ship it"]
    another = proposal(done(start_breakdown(gus, work, lines=True)))
    assert discard_change(gus, another).state == "discarded"


def test_a_guest_of_one_task_makes_no_others(provider: Provider, work: Task, alice: Actor, gus: Actor) -> None:
    switch_on(alice, gus, guests=True)
    share_task(alice, work, person=gus.user, grant="edit_task")
    assert "Break down" not in browser(gus).get("/w/acme/t/FLOW-1/").content.decode()
    with pytest.raises(Forbidden):
        start_breakdown(gus, work)


def test_lines_need_no_model_and_no_switch(work: Task, bob: Actor) -> None:
    client = browser(bob)
    board, task = (client.get(f"/w/acme/{path}").content.decode() for path in ("p/FLOW/board/", "t/FLOW-1/"))
    assert "Split into lines" in board and "Split the description" in task and "with AI" not in board + task
    run = done(start_breakdown(bob, work.project, pasted="One\nTwo", lines=True))
    assert [line["arguments"]["title"] for line in proposal(run).lines] == ["One", "Two"]
    assert run.result["summary"] == "2 tasks proposed. They are the lines of the text itself."
    with pytest.raises(Off):
        start_breakdown(bob, work)


def test_names_of_files_go_out_as_data(ai_on: Provider, work: Task, bob: Actor) -> None:
    says(ai_on)
    add_link(bob, work, url="https://ours.example/spec", name="Spec\u200b of the page")
    run = done(start_breakdown(bob, work))
    assert ai_on.asked[-1].data["task"]["files"] == ["Spec of the page"]
    assert "the names of 1 file on it" in run.result["receipt"]["sent"]


def test_by_page(ai_on: Provider, work: Task, bob: Actor, gus: Actor) -> None:
    says(ai_on)
    client = browser(bob)
    assert "Break down with AI" in client.get("/w/acme/t/FLOW-1/").content.decode()
    answer = client.post("/w/acme/t/FLOW-1/breakdown/", {"how": "model"})
    run = done(AIRun(pk=UUID(answer["Location"].rstrip("/").rpartition("/")[2]), workspace=bob.workspace))
    ready = client.get(answer["Location"]).content.decode()
    assert "3 tasks proposed." in ready and f"/w/acme/changes/{proposal(run).pk}/" in ready
    page = client.get(f"/w/acme/changes/{proposal(run).pk}/").content.decode()
    assert "Sent: title and description of FLOW-1; its 1 checklist lines." in page and "breakdown 1" in page
    assert client.post("/w/acme/t/FLOW-1/breakdown/", {"how": "magic"}).status_code == 422
    assert "/ai/runs/" in client.post("/w/acme/p/FLOW/breakdown/", {"text": "One\r\nTwo", "how": "lines"})["Location"]


def test_by_program(ai_on: Provider, work: Task, bob: Actor) -> None:
    program = Program(bob)
    started = program.post("ai/breakdown/", {"task": "FLOW-1", "how": "lines"})
    assert started.status_code == 202
    run = done(AIRun(pk=UUID(started.json()["id"]), workspace=bob.workspace))
    told = program.get(f"ai/runs/{run.pk}/").json()
    assert (told["state"], told["change"]) == ("done", str(proposal(run).pk))
    for body in (
        {},
        {"task": "FLOW-1", "project": "FLOW"},
        {"project": "FLOW"},
        {"task": "GLOB-1"},
        {"task": "FLOW-1", "x": 1},
    ):
        assert program.post("ai/breakdown/", body).status_code in (400, 422), body


def test_guests_and_whoever_has_it_off_are_shown_nothing(alice: Actor, bob: Actor, gus: Actor, work: Task) -> None:
    switch_on(alice, gus)
    share_project(alice, work.project, person=gus.user, grant="edit_project")
    for who in (bob, gus):
        assert "Break down" not in browser(who).get("/w/acme/t/FLOW-1/").content.decode()
    assert "breakdown/" in browser(alice).get("/w/acme/p/FLOW/board/").content.decode()


def test_what_was_answered_before_says_so_and_is_asked_anew(ai_on: Provider, work: Task, bob: Actor) -> None:
    says(ai_on)
    done(start_breakdown(bob, work))
    run = done(start_breakdown(bob, work))
    page = browser(bob).get(f"/w/acme/changes/{proposal(run).pk}/").content.decode()
    assert len(ai_on.asked) == 1 and "cached, from just now, costs nothing" in page and "Ask again" in page
    done(repeat_run(bob, run))
    assert len(ai_on.asked) == 2
