"""A task put away as a duplicate: both say so, its people go over to the other, one undo brings it back."""

import pytest

from tasks.actions import create_project, create_task, mark_duplicate, update_task
from tasks.actions.notices import watch_task
from tasks.models import Comment, Project, Task, Watch
from workspaces import tenancy
from workspaces.actions import undo_change
from workspaces.actor import Actor
from workspaces.errors import Forbidden, Refused
from workspaces.tests.people import Program, add_member, browser, log, make_person

from .test_transfers import again, last_act


def words(by: Actor, task: Task) -> list[str]:
    with tenancy.workspace(by.workspace.pk, atomic=True):
        rows = Comment.objects.within(by.workspace).filter(task=task, deleted_at=None)
        return list(rows.order_by("pk").values_list("body", flat=True))


def following(by: Actor, task: Task) -> dict[str, str]:
    with tenancy.workspace(by.workspace.pk, atomic=True):
        rows = Watch.objects.within(by.workspace).filter(task=task)
        return {str(row.user): row.level for row in rows.select_related("user")}


def people(by: Actor, task: Task) -> list[str]:
    with tenancy.workspace(by.workspace.pk, atomic=True):
        return sorted(str(row.user) for row in again(by, task).assignments.select_related("user"))


def test_both_say_so_and_people_go_over(alice: Actor, bob: Actor, cards: list[Task]) -> None:
    one, two, three = cards
    cleo = add_member(alice, make_person("Cleo"), "member")
    update_task(alice, one, assignees=[bob.user])
    update_task(alice, two, assignees=[alice.user])
    watch_task(cleo, one, level="watching")
    mark_duplicate(alice, again(alice, one), of=two)
    assert again(alice, one).archived_at
    assert words(alice, one) == ["A duplicate of FLOW-2."]
    assert words(alice, two) == ["A duplicate of this one is archived: FLOW-1."]
    assert people(alice, two) == ["Alice", "Bob"]
    assert following(alice, two)["Cleo"] == "watching"
    assert last_act(alice).title == "Archived FLOW-1 as a duplicate of FLOW-2"
    assert not words(alice, three)


def test_one_undo_brings_it_back(alice: Actor, bob: Actor, cards: list[Task]) -> None:
    one, two, _ = cards
    update_task(alice, one, assignees=[bob.user])
    watch_task(bob, two, level="muted")
    mark_duplicate(alice, again(alice, one), of=two)
    assert following(alice, two)["Bob"] == "muted"
    undo_change(alice, last_act(alice))
    assert again(alice, one).archived_at is None and not words(alice, one) and not words(alice, two)
    assert people(alice, two) == [] and people(alice, one) == ["Bob"]
    assert following(alice, two) == {"Bob": "muted"}
    undo_change(alice, last_act(alice))
    assert again(alice, one).archived_at and words(alice, one) == ["A duplicate of FLOW-2."]


def test_a_private_project_is_not_named(alice: Actor, cards: list[Task]) -> None:
    hush = create_project(alice, name="Hush", key="HUSH", private=True)
    secret = create_task(alice, hush, title="Secret")
    mark_duplicate(alice, cards[0], of=secret)
    assert words(alice, cards[0]) == ["A duplicate of a task of another project."]
    assert words(alice, secret) == ["A duplicate of this one is archived: FLOW-1."]


def test_refused(alice: Actor, bob: Actor, gus: Actor, eve: Actor, project: Project, cards: list[Task]) -> None:
    hush = create_project(alice, name="Hush", key="HUSH", private=True)
    secret = create_task(alice, hush, title="Secret")
    for who in (gus, eve):
        with pytest.raises(Forbidden):
            mark_duplicate(who, cards[0], of=cards[1])
    with pytest.raises(Refused, match="no such task"):
        mark_duplicate(bob, cards[0], of=secret)
    with pytest.raises(Refused, match="of itself"):
        mark_duplicate(bob, cards[0], of=cards[0])
    mark_duplicate(bob, cards[0], of=cards[1])
    told = len(log(bob))
    mark_duplicate(bob, again(bob, cards[0]), of=cards[1])
    assert len(log(bob)) == told
    with pytest.raises(Refused, match="FLOW-1 is archived"):
        mark_duplicate(bob, cards[2], of=again(bob, cards[0]))


def test_at_the_doors(bob: Actor, cards: list[Task]) -> None:
    answer = browser(bob).post("/w/acme/t/FLOW-1/duplicate/", {"of": "flow-2"}, headers={"HX-Request": "true"})
    assert answer.status_code == 204 and "duplicate of FLOW-2" in answer["HX-Trigger"]
    assert browser(bob).post("/w/acme/t/FLOW-2/duplicate/", {"of": "NOPE-1"}).status_code == 422
    assert "FLOW-2 is a duplicate" in browser(bob).get("/w/acme/t/FLOW-2/duplicate/").content.decode()
    program = Program(bob)
    assert program.post("tasks/FLOW-3/duplicate/", {"of": "FLOW-2"}).json()["archived_at"]
    assert program.post("tasks/FLOW-2/duplicate/", {"of": "FLOW-99"}).status_code == 422
