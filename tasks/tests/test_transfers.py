"""Moving a task to another project: all that hangs on it goes along, the old address leads on, one undo brings it back."""

from dataclasses import dataclass
from typing import Any

import pytest

from tasks.actions import (
    add_checklist_item,
    add_dependency,
    add_link,
    archive_project,
    create_comment,
    create_label,
    create_project,
    create_task,
    move_task,
    share_project,
    share_task,
    transfer_task,
    update_task,
)
from tasks.actions.notices import watch_task
from tasks.models import FormerAddress, Label, Project, Task, Watch
from tasks.reading.finding import find_task
from workspaces import tenancy
from workspaces.actions import undo_change
from workspaces.actor import Actor
from workspaces.errors import Forbidden, Refused, Stale
from workspaces.models import ChangeSet
from workspaces.tests.people import Program, browser, log

from .boards import add, column, tally, titles


@pytest.fixture
def web(alice: Actor) -> Project:
    """Another open project, without the label “Later”."""
    web = create_project(alice, name="Web", key="WEB")
    create_label(alice, web, name="bug")
    return web


@pytest.fixture
def hush(alice: Actor) -> Project:
    """A private project of Alice's."""
    return create_project(alice, name="Hush", key="HUSH", private=True)


@dataclass
class Laden:
    """FLOW-1 with one of everything, its subtask FLOW-2, and FLOW-3, which it waits for."""

    task: Task
    below: Task
    before: Task


@pytest.fixture
def laden(alice: Actor, bob: Actor, project: Project) -> Laden:
    labels = [create_label(alice, project, name=name) for name in ("Bug", "Later")]
    task = create_task(
        alice, project, to=column(project, "In progress"), title="Fix login", description="Words", priority=3, estimate=5,
        labels=labels, assignees=[alice.user, bob.user],
    )  # fmt: skip
    below = create_task(bob, project, title="Write a test", parent=task)
    before = create_task(bob, project, title="Ask for it")
    create_comment(bob, task, body="I looked")
    add_checklist_item(bob, task, text="First")
    add_link(bob, task, url="https://example.com/", name="Notes")
    add_dependency(bob, task, blocking=before)
    return Laden(again(alice, task), again(alice, below), again(alice, before))


def again(by: Actor, task: Task) -> Task:
    with tenancy.workspace(by.workspace.pk, atomic=True):
        return Task.objects.within(by.workspace).select_related("project", "status").get(pk=task.pk)


def rows(by: Actor, task: Task) -> dict[str, Any]:
    """The task and all that hangs on it, but for the counters of edits."""
    with tenancy.workspace(by.workspace.pk, atomic=True):
        task = again(by, task)
        own: dict[str, Any] = dict(Task.objects.within(by.workspace).filter(pk=task.pk).values()[0])
        for name in ("version", "field_versions", "updated_at", "search"):
            own.pop(name, None)
        hanging = {
            name: sorted(getattr(task, name).values_list(*fields), key=str)
            for name, fields in (
                ("comments", ("pk", "author_id", "body", "created_at")), ("checklist", ("pk", "text", "rank")),
                ("attachments", ("pk", "name", "uploader_id", "created_at")), ("waits_for", ("blocking_id",)),
                ("assignments", ("user_id",)), ("task_labels", ("label_id",)), ("watches", ("user_id", "level")),
            )
        }  # fmt: skip
        return own | hanging


def labels_of(by: Actor, task: Task) -> list[tuple[str, str]]:
    with tenancy.workspace(by.workspace.pk, atomic=True):
        found = Label.objects.within(by.workspace).filter(task_labels__task=task)
        return sorted(found.values_list("project__key", "name"))


def last_act(by: Actor) -> ChangeSet:
    with tenancy.workspace(by.workspace.pk, atomic=True):
        return ChangeSet.objects.within(by.workspace).order_by("-pk")[0]


def test_all_that_hangs_on_it_goes_along(alice: Actor, bob: Actor, web: Project, laden: Laden) -> None:
    watch_task(bob, laden.task, level="watching")
    before = rows(bob, laden.task)
    transfer_task(bob, laden.task, project=web)
    task, after = again(bob, laden.task), rows(bob, laden.task)
    assert (task.ref, task.status.name, task.priority, task.estimate) == ("WEB-1", "In progress", 3, 5)
    for name in (
        "comments",
        "checklist",
        "attachments",
        "waits_for",
        "assignments",
        "watches",
        "creator_id",
        "created_at",
    ):
        assert after[name] == before[name], name
    assert labels_of(bob, task) == [("WEB", "bug")]
    below = again(bob, laden.below)
    assert (below.ref, below.parent_id, below.status.name) == ("WEB-2", task.pk, "Backlog")
    assert titles(web, "In progress") == ["Fix login"]
    home = laden.before.project
    assert [tally(one, name) for one in (web, home) for name in ("In progress", "Backlog")] == [1, 1, 0, 1]


def test_the_old_address_leads_on(alice: Actor, bob: Actor, eve: Actor, web: Project, laden: Laden) -> None:
    transfer_task(bob, laden.task, project=web)
    now = again(bob, laden.task).ref
    with tenancy.workspace(bob.workspace.pk, atomic=True):
        assert find_task(bob, "FLOW-1").ref == now
    page = browser(bob).get("/w/acme/t/FLOW-1/")
    assert (page.status_code, page["Location"]) == (302, f"/w/acme/t/{now}/")
    assert Program(bob).get("tasks/FLOW-1/").json()["key"] == now
    assert Program(bob).patch("tasks/FLOW-1/", {"title": "Renamed"}).json()["key"] == now
    assert browser(eve).get("/w/acme/t/FLOW-1/").status_code == 404
    (made,) = add(bob, laden.before.project, "Next")
    assert made.ref == "FLOW-4"


def test_it_tells_each_project_no_more_than_it_may_know(alice: Actor, hush: Project, laden: Laden) -> None:
    transfer_task(alice, laden.before, project=hush)
    left, arrived = log(alice)[-2:]
    assert (left.event, left.subject_key, arrived.event, arrived.subject_key) == (
        "task:left", "FLOW-3", "task:arrived", "HUSH-1",
    )  # fmt: skip
    assert left.project_id == laden.task.project_id != arrived.project_id
    assert "Hush" not in f"{left.before}{left.after}" and "Flow" not in f"{arrived.before}{arrived.after}"


def test_its_history_is_read_as_far_as_one_saw_it(
    alice: Actor, bob: Actor, gus: Actor, web: Project, laden: Laden
) -> None:
    share_project(alice, web, person=gus.user, grant="view_project")
    transfer_task(alice, laden.before, project=web)
    told = {who: Program(who).get("tasks/WEB-1/activity/").json()["results"] for who in (bob, gus)}
    assert "task:created" in [row["event"] for row in told[bob]]
    assert [row["event"] for row in told[gus]] == ["task:arrived"]
    page = browser(bob).get("/w/acme/t/WEB-1/").content.decode()
    assert "Added FLOW-3" in page and "Added FLOW-3" not in browser(gus).get("/w/acme/t/WEB-1/").content.decode()


def test_one_undo_brings_back_what_there_was(
    alice: Actor, bob: Actor, web: Project, hush: Project, laden: Laden
) -> None:
    for to in (web, hush):
        before = rows(alice, laden.task), rows(alice, laden.below)
        transfer_task(alice, again(alice, laden.task), project=to)
        act = last_act(alice)
        assert act.title.startswith(f"Moved FLOW-1 to {to.name} as {to.key}-")
        undo_change(alice, act)
        assert (rows(alice, laden.task), rows(alice, laden.below)) == before
        with tenancy.workspace(alice.workspace.pk, atomic=True):
            left = FormerAddress.objects.within(alice.workspace).filter(project=laden.task.project_id)
            assert not left.exists()


def test_undone_it_keeps_what_was_changed_since(alice: Actor, web: Project, laden: Laden) -> None:
    transfer_task(alice, laden.before, project=web)
    act = last_act(alice)
    there = again(alice, laden.before)
    update_task(alice, there, title="Asked for", labels=[])
    move_task(alice, there, to=column(web, "Done"))
    undo_change(alice, act)
    back = again(alice, there)
    assert (back.ref, back.title) == ("FLOW-3", "Asked for")


def test_people_who_do_not_see_it_there_are_taken_off(alice: Actor, bob: Actor, hush: Project, laden: Laden) -> None:
    with_bob = Program(alice).get("tasks/FLOW-1/transfer/?project=HUSH").json()
    assert with_bob["people_lost"] == ["Bob"] and with_bob["labels_lost"] == ["Bug", "Later"]
    assert "Bob cannot see Hush and is taken off." in with_bob["sentence"]
    assert "Hush has no label Bug and Later." in with_bob["sentence"] and with_bob["widening"]["people"] == 0
    transfer_task(alice, laden.task, project=hush)
    assert [one["name"] for one in Program(alice).get("tasks/FLOW-1/").json()["assignees"]] == ["Alice"]
    assert browser(bob).get("/w/acme/t/FLOW-1/").status_code == 404


def test_who_would_see_it_is_said_first(alice: Actor, bob: Actor, gus: Actor, web: Project, hush: Project) -> None:
    secret = create_task(alice, hush, title="Secret")
    said = Program(alice).get("tasks/HUSH-1/transfer/?project=WEB").json()
    assert said["sentence"].startswith("Bob will see this task.") and said["widening"]["people"] == 1
    share_task(alice, secret, person=gus.user, grant="view_task")
    said = Program(alice).get("tasks/HUSH-1/transfer/?project=WEB").json()["sentence"]
    assert "Gus, with whom the task is shared, will see the name and the columns of Web." in said


def test_a_guest_of_the_task_goes_on_seeing_it(alice: Actor, gus: Actor, web: Project, laden: Laden) -> None:
    share_task(alice, laden.task, person=gus.user, grant="edit_task")
    transfer_task(alice, laden.task, project=web)
    assert Program(gus).get("tasks/FLOW-1/").json()["project"] == "WEB"


def test_a_subtask_goes_alone_and_stands_below_nothing(alice: Actor, web: Project, laden: Laden) -> None:
    transfer_task(alice, laden.below, project=web)
    assert again(alice, laden.below).parent_id is None
    undo_change(alice, last_act(alice))
    assert again(alice, laden.below).parent_id == laden.task.pk


def test_refused(alice: Actor, bob: Actor, gus: Actor, eve: Actor, web: Project, hush: Project, laden: Laden) -> None:
    with pytest.raises(Forbidden):
        transfer_task(bob, laden.task, project=hush)
    with pytest.raises(Forbidden):
        transfer_task(eve, laden.task, project=web)
    share_task(alice, laden.task, person=gus.user, grant="edit_task")
    share_project(alice, web, person=gus.user, grant="edit_project")
    with pytest.raises(Forbidden, match="only some tasks"):
        transfer_task(gus, again(gus, laden.task), project=web)
    with pytest.raises(Refused, match="another project"):
        transfer_task(bob, laden.task, project=web, to=column(hush, "To do"))
    with pytest.raises(Stale):
        transfer_task(bob, laden.task, project=web, base_version=1)
    told = len(log(alice))
    transfer_task(bob, laden.task, project=laden.task.project)
    assert len(log(alice)) == told
    archive_project(alice, web)
    with pytest.raises(Refused, match="Web is archived"):
        transfer_task(bob, laden.task, project=again_project(web))


def again_project(project: Project) -> Project:
    with tenancy.workspace(project.workspace_id, atomic=True):
        return Project.objects.within(project.workspace_id).get(pk=project.pk)


def test_by_page(alice: Actor, bob: Actor, web: Project, laden: Laden) -> None:
    client = browser(bob)
    assert "Move to another project" in client.get("/w/acme/t/FLOW-1/").content.decode()
    page = client.get("/w/acme/t/FLOW-1/project/").content.decode()
    assert "Web (WEB)" in page and "HUSH" not in page
    answer = client.post("/w/acme/t/FLOW-1/project/", {"project": "WEB"}, headers={"HX-Request": "true"})
    assert (answer.status_code, answer["Location"]) == (204, "/w/acme/t/WEB-1/")
    assert "Moved FLOW-1 to Web as WEB-1" in answer["HX-Trigger"]
    assert client.post("/w/acme/t/WEB-1/project/", {"project": "NONE"}).status_code == 422


def test_by_program(bob: Actor, web: Project, laden: Laden) -> None:
    program = Program(bob)
    answer = program.post("tasks/FLOW-3/transfer/", {"project": "WEB", "status": "Done"})
    assert (answer.status_code, answer.json()["key"], answer.json()["status"]["name"]) == (200, "WEB-1", "Done")
    assert program.post("tasks/FLOW-1/transfer/", {"project": "WEB", "status": "No such"}).status_code == 422
    assert program.post("tasks/FLOW-1/transfer/", {"project": "NOPE"}).status_code == 422


def test_watchers_hear_of_it(alice: Actor, bob: Actor, web: Project, laden: Laden) -> None:
    from tasks.actions.telling import tell_people

    tell_people(bob.workspace.pk)
    transfer_task(alice, laden.before, project=web)
    tell_people(bob.workspace.pk)
    said = [one["sentence"] for one in Program(bob).get("inbox/?box=activity").json()["results"]]
    assert "moved it here from another project" in said


def test_a_watch_is_a_watch(bob: Actor, web: Project, laden: Laden) -> None:
    watch_task(bob, laden.before, level="muted")
    transfer_task(bob, laden.before, project=web)
    with tenancy.workspace(bob.workspace.pk, atomic=True):
        assert Watch.objects.within(bob.workspace).get(task=laden.before).level == "muted"
