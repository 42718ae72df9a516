"""Suggestions for a new task: by rule, by likeness, by what was taken and dropped before; each says why."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django.utils.html import escape

from ai.actions.triage import drop_suggestions, start_triage, take_suggestions
from ai.errors import Off
from ai.features.suggesting import suggested, suggested_for
from ai.features.triaging import Suggestion
from ai.models import AIRun, AISettings
from ai.runs import perform
from tasks.actions import archive_task, create_label, create_project, create_task, share_task, update_task
from tasks.models import Label, Project, Task
from workspaces import tenancy
from workspaces.actions import undo_change
from workspaces.actor import Actor
from workspaces.errors import Forbidden, Settled
from workspaces.models import ChangeSet, Membership
from workspaces.tests.people import Program, browser, log

from .provider import Provider
from .rows import switch_on

pytestmark = pytest.mark.usefixtures("inside")


@pytest.fixture
def bug(alice: Actor, project: Project) -> Label:
    return create_label(alice, project, name="Bug")


@pytest.fixture
def crashes(alice: Actor, bob: Actor, project: Project, bug: Label) -> list[Task]:
    """Three crashes of the login page were Bob's, marked as bugs, and of high priority."""
    titles = ("Login page crashes on submit", "Login page crashes on reset", "Login page crashes in Safari")
    return [
        create_task(alice, project, title=title, labels=[bug], assignees=[bob.user], priority=3) for title in titles
    ]


def new(by: Actor, project: Project, title: str, **facts: object) -> Task:
    return create_task(by, project, title=title, **facts)


def by_field(found: list[Suggestion]) -> dict[str, tuple[str, str, str]]:
    return {one.field: (one.words, one.source, one.because) for one in found}


def test_what_similar_tasks_got_and_why(alice: Actor, project: Project, crashes: list[Task]) -> None:
    found = by_field(suggested(alice, new(alice, project, "Login page freezes on submit")).suggestions)
    three = "FLOW-1, FLOW-2, FLOW-3."
    assert found["label"] == ("Bug", "similarity", f"3 of the 3 most similar tasks carry it: {three}")
    assert found["assignee"] == ("Bob", "similarity", f"3 of the 3 most similar tasks were theirs: {three}")
    assert found["priority"] == ("High", "similarity", f"3 of the 3 most similar tasks have it: {three}")
    words, source, because = found["duplicate"]
    assert (words, source) == ("FLOW-1 Login page crashes on submit", "similarity")
    assert because.startswith("The titles are ") and because.endswith(" % alike by words.")


def test_rules_need_no_likeness(alice: Actor, project: Project, bug: Label) -> None:
    found = by_field(suggested(alice, new(alice, project, "Urgent: bugs everywhere")).suggestions)
    assert found == {
        "label": ("Bug", "rule", "“Bug” stands in its text."),
        "priority": ("Urgent", "rule", "“urgent” stands in its title."),
    }


def test_nothing_that_it_has_already(
    alice: Actor, bob: Actor, project: Project, crashes: list[Task], bug: Label
) -> None:
    task = new(alice, project, "Login page hangs", labels=[bug], assignees=[alice.user], priority=1)
    assert {one.field for one in suggested(alice, task).suggestions} <= {"duplicate"}


def test_another_project_where_most_of_it_stands(alice: Actor, project: Project) -> None:
    web = create_project(alice, name="Website", key="WEB")
    for place in ("head", "foot"):
        new(alice, web, f"Cookie banner covers the {place}")
    found = by_field(suggested_for(alice, project, "Cookie banner covers everything", "").suggestions)
    assert found["project"][:2] == ("Website", "similarity")
    assert found["project"][2].startswith("2 of the 2 most similar tasks stand there")


def test_only_what_the_asker_sees(alice: Actor, bob: Actor, gus: Actor, project: Project, crashes: list[Task]) -> None:
    hush = create_project(alice, name="Hush", key="HUSH", private=True)
    for place in range(2):
        new(alice, hush, f"Merger talks round {place}")
    assert suggested_for(bob, project, "Merger talks round 3", "").suggestions == []
    task = new(alice, project, "Login page flickers")
    share_task(alice, task, person=gus.user, grant="edit_task")
    assert suggested(gus, task).suggestions == []


def test_taking_is_an_act_of_the_ai_that_one_undo_takes_back(
    alice: Actor, bob: Actor, project: Project, crashes: list[Task], bug: Label
) -> None:
    switch_on(alice, bob)
    task = new(alice, project, "Login page freezes on submit")
    take_suggestions(bob, task, suggestions=[f"label:{bug.pk}"])
    (row,) = log(alice)[-1:]
    assert (row.event, row.via, row.actor_id, row.on_behalf_of_id) == ("task:updated", "ai", bob.user.pk, bob.user.pk)
    change = ChangeSet.objects.within(alice.workspace).get(pk=row.change_id)
    assert (change.kind, change.title) == ("ai", "FLOW-4: label Bug")
    assert [one.label_id for one in task.task_labels.all()] == [bug.pk]
    undo_change(bob, change)
    assert not task.task_labels.exists()


def test_a_duplicate_says_so_and_goes(alice: Actor, bob: Actor, project: Project, crashes: list[Task]) -> None:
    switch_on(alice)
    task = new(alice, project, "Login page crashes on submit")
    take_suggestions(alice, task, suggestions=["duplicate:FLOW-1"])
    task.refresh_from_db()
    assert task.archived_at
    assert [one.body for one in task.comments.all()] == ["A duplicate of FLOW-1."]
    assert len({row.change_id for row in log(alice)[-4:]}) == 1
    assert log(alice)[-1].event == "task:archived"


def test_another_project_takes_it_over_and_says_so_first(alice: Actor, project: Project) -> None:
    switch_on(alice)
    web = create_project(alice, name="Website", key="WEB")
    for place in ("head", "foot"):
        new(alice, web, f"Cookie banner covers the {place}")
    task = new(alice, project, "Cookie banner covers all", description="Really")
    label = create_label(alice, project, name="Later")
    update_task(alice, task, labels=[label])
    (one,) = [one for one in suggested(alice, task).suggestions if one.field == "project"]
    assert one.then == "Taken, the task moves there with all that hangs on it. Website has no label Later."
    take_suggestions(alice, task, suggestions=["project:WEB"])
    there = Task.objects.within(alice.workspace).select_related("project").get(pk=task.pk)
    assert (there.ref, there.description, there.archived_at) == ("WEB-3", "Really", None)
    change = ChangeSet.objects.within(alice.workspace).get(pk=log(alice)[-1].change_id)
    assert (change.kind, change.title) == ("ai", "FLOW-1: to Website")
    undo_change(alice, change)
    there.refresh_from_db()
    assert (there.project_id, there.number, there.task_labels.count()) == (project.pk, 1, 1)


def test_what_was_dropped_twice_is_suggested_no_more(
    alice: Actor, bob: Actor, project: Project, crashes: list[Task], bug: Label
) -> None:
    switch_on(alice)
    for title in ("Login page freezes", "Login page shakes"):
        task, rows = new(alice, project, title), len(log(alice))
        drop_suggestions(alice, task, suggestions=[f"assignee:{bob.user.pk}"])
        assert "assignee" not in by_field(suggested(alice, task).suggestions)
        assert len(log(alice)) == rows + 0
    found = by_field(suggested(alice, new(alice, project, "Login page wobbles")).suggestions)
    assert "assignee" not in found
    assert "label" in found


def test_what_was_taken_is_suggested_by_rule_and_says_so(
    alice: Actor, bob: Actor, project: Project, bug: Label
) -> None:
    switch_on(alice)
    for title in ("Bugs in invoices from May", "Bugs in invoices from June"):
        task = new(alice, project, title)
        take_suggestions(alice, task, suggestions=[f"label:{bug.pk}"])
        archive_task(alice, task)
    found = by_field(
        suggested(alice, new(alice, project, "Everything about how invoices look on a narrow phone screen")).suggestions
    )
    assert found["label"] == ("Bug", "rule", "Taken 2 times for tasks like this one.")


def test_refused(alice: Actor, bob: Actor, gus: Actor, project: Project, crashes: list[Task], bug: Label) -> None:
    task = new(alice, project, "Login page freezes on submit")
    with pytest.raises(Off):
        take_suggestions(alice, task, suggestions=[f"label:{bug.pk}"])
    switch_on(alice, bob)
    with pytest.raises(Settled):
        take_suggestions(alice, task, suggestions=["label:x"])
    with pytest.raises(Forbidden):
        take_suggestions(gus, task, suggestions=[f"label:{bug.pk}"])
    with tenancy.workspace(alice.workspace.pk, atomic=True):
        assert not task.task_labels.exists()


def test_several_at_once_are_one_act(
    alice: Actor, bob: Actor, project: Project, crashes: list[Task], bug: Label
) -> None:
    switch_on(alice)
    task = new(alice, project, "Login page freezes on submit")
    keys = [f"assignee:{bob.user.pk}", f"label:{bug.pk}", "priority:3"]
    take_suggestions(alice, task, suggestions=keys)
    rows = log(alice)[-3:]
    assert len({row.change_id for row in rows}) == 1
    change = ChangeSet.objects.within(alice.workspace).get(pk=rows[0].change_id)
    assert change.title == "FLOW-4: label Bug, assigned to Bob, priority High"
    assert {one.field for one in suggested(alice, task).suggestions} == {"duplicate"}
    undo_change(alice, change)
    task.refresh_from_db()
    assert (task.priority, task.assignments.count(), task.task_labels.count()) == (0, 0, 0)


def answered(provider: Provider, task: Task, *said: dict[str, str]) -> AIRun:
    """A model that says this is asked about the task."""
    provider.says(json.dumps({"suggestions": list(said)}))
    with tenancy.workspace(task.workspace_id, atomic=True):
        owner = Membership.objects.within(task.workspace_id).get(role__key="owner")
    run = start_triage(Actor.of(owner), task, again=True)
    perform(run.workspace_id, run.pk)
    run.refresh_from_db()
    return run


def test_a_model_adds_what_rules_and_likeness_do_not_say(
    ai_on: Provider, alice: Actor, bob: Actor, project: Project, bug: Label
) -> None:
    task = new(alice, project, "Checkout shows the wrong sum")
    assert suggested(alice, task).suggestions == []
    run = answered(
        ai_on,
        task,
        {"field": "label", "value": "Bug", "because": "A wrong sum is a fault, see https://evil.example/."},
        {"field": "assignee", "value": "p2", "because": "Bob has nothing open."},
        {"field": "label", "value": "Feature", "because": "There is no such label."},
        {"field": "assignee", "value": str(bob.user.pk), "because": "Ids are not offered."},
        {"field": "duplicate", "value": "GLOB-1", "because": "Not offered either."},
        {"field": "priority", "value": "9", "because": "None."},
    )
    assert run.state == "done", run.error
    found = by_field(suggested(alice, task).suggestions)
    assert found == {
        "label": ("Bug", "model", "A wrong sum is a fault, see ."), "assignee": ("Bob", "model", "Bob has nothing open."),
    }  # fmt: skip
    data = ai_on.asked[-1].data
    assert [one["name"] for one in data["people"]] == ["Alice", "Bob"] and data["labels"] == ["Bug"]
    assert str(bob.user.pk) not in ai_on.asked[-1].text and "@" not in ai_on.asked[-1].text
    assert suggested(bob, task).suggestions == []  # what Alice's model said to her
    ai_on.breaks("500", "500", "500")
    assert answered(ai_on, task).state == "failed"
    assert by_field(suggested(alice, task).suggestions) == found  # what it said before stands
    take_suggestions(alice, task, suggestions=[f"label:{bug.pk}"])
    assert [one.label_id for one in task.task_labels.all()] == [bug.pk]


@pytest.mark.parametrize("how", ["down", "spent", "garbage"])
def test_without_a_model_the_rest_stands_and_it_says_why(
    ai_on: Provider, alice: Actor, project: Project, crashes: list[Task], settings: Any, how: str
) -> None:
    task = new(alice, project, "Login page freezes on submit")
    if how == "spent":
        settings.AI_TOKENS = 100
    ai_on.breaks(*{"down": ["500"] * 3, "garbage": ["garbage"] * 3}.get(how, []))
    run = answered(ai_on, task)
    assert run.state == "failed"
    page = browser(alice).get(f"/w/acme/t/{task.ref}/").content.decode()
    assert "What stands here needs no model." in page and "AI suggests" in page and escape(run.error) in page


def test_by_page(
    ai_on: Provider, alice: Actor, bob: Actor, gus: Actor, project: Project, crashes: list[Task], bug: Label
) -> None:
    task = new(alice, project, "Login page freezes on submit")
    client, here = browser(bob), f"/w/acme/t/{task.ref}/triage/"
    page = client.get(f"/w/acme/t/{task.ref}/").content.decode()
    assert (
        "AI suggests" in page and "like others" in page and "Take all 3" in page and "<i>because</i> 3 of the 3" in page
    )
    told = client.post(here, {"answer": "take", "suggestion": f"label:{bug.pk}"})
    assert told.status_code == 204 and '"change"' in told["HX-Trigger"]
    assert client.post(here, {"answer": "drop", "suggestion": "priority:3"}).status_code == 204
    assert "High" not in client.get(here).content.decode()
    assert client.post(here, {"answer": "ask"}).status_code == 204
    assert "Waiting for a free worker" in client.get(here).content.decode()
    for answer, key, status in (("take", "label:x", 409), ("take", "", 422), ("no", "label:x", 422)):
        assert client.post(here, {"answer": answer} | ({"suggestion": key} if key else {})).status_code == status
    share_task(alice, task, person=gus.user, grant="view_task")
    assert browser(gus).get(here).content.decode().strip() == ""


def test_old_and_finished_tasks_are_left_alone(
    ai_on: Provider, alice: Actor, project: Project, crashes: list[Task]
) -> None:
    task = new(alice, project, "Login page freezes on submit")
    Task.objects.within(alice.workspace).filter(pk=task.pk).update(created_at=timezone.now() - timedelta(days=20))
    assert "AI suggests" not in browser(alice).get(f"/w/acme/t/{task.ref}/").content.decode()


def test_by_program(
    ai_on: Provider, bob: Actor, alice: Actor, project: Project, crashes: list[Task], bug: Label
) -> None:
    task, program = new(alice, project, "Login page freezes on submit"), Program(bob)
    told = program.post("ai/triage/", {"task": task.ref}).json()
    assert {one["source"] for one in told["suggestions"]} == {"similarity"} and told["run"] is None
    assert program.post("ai/triage/", {"task": task.ref, "model": True}).json()["run"]["state"] == "queued"
    words = program.post("ai/triage/", {"project": "FLOW", "title": "Login page crashes on submit"}).json()
    assert words["suggestions"][-1]["value"] in ("FLOW-1", "FLOW-2", "FLOW-3")
    yes = {"task": task.ref, "suggestions": [f"label:{bug.pk}"], "answer": "take"}
    assert [program.post("ai/triage/answer/", yes).status_code for _ in range(2)] == [204, 409]
    assert program.post("ai/triage/answer/", yes | {"suggestions": []}).status_code == 422
    assert program.post("ai/triage/", {"project": "FLOW", "title": " "}).status_code in (400, 422)


def test_guests_only_where_the_workspace_says_so(
    alice: Actor, gus: Actor, project: Project, crashes: list[Task]
) -> None:
    task = new(alice, project, "Urgent: login page freezes")
    share_task(alice, task, person=gus.user, grant="edit_task")
    switch_on(alice, gus)
    with pytest.raises(Forbidden):
        start_triage(gus, task)
    AISettings.objects.within(alice.workspace).update(guests=True)
    assert start_triage(gus, task).kind == "triage"
    take_suggestions(gus, task, suggestions=["priority:4"])
    task.refresh_from_db()
    assert task.priority == 4
