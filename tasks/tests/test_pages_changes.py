"""Every change that a page can make: it works, says so with the way back, and refuses what is wrong by name."""

import json
from typing import Any

from tasks.actions import create_label, update_task
from tasks.models import ChecklistItem, Comment, Project, Status, Task
from tasks.tests.boards import column, titles
from workspaces import tenancy
from workspaces.actor import Actor
from workspaces.tests.people import browser, log

ROOT = "/w/acme/"


def send(actor: Actor, path: str, data: Any = "", verb: str = "post") -> Any:
    """As the page's own script sends a form."""
    body = data if isinstance(data, str | bytes) else "&".join(f"{name}={value}" for name, value in data.items())
    return getattr(browser(actor), verb)(
        ROOT + path, body, content_type="application/x-www-form-urlencoded", headers={"HX-Request": "true"}
    )


def told(response: Any, name: str = "done") -> Any:
    return json.loads(response["HX-Trigger"])[f"flowboard:{name}"]


def did(actor: Actor, path: str, data: Any = "", verb: str = "post") -> Any:
    response = send(actor, path, data, verb)
    assert response.status_code == 204, (response.status_code, response.headers)
    return told(response)


def undo(actor: Actor, done: Any) -> Any:
    return did(actor, f"changes/{done['change']}/undo/")


def now(actor: Actor, model: Any, **fields: Any) -> Any:
    with tenancy.workspace(actor.workspace.pk, atomic=True):
        rows = model.objects.within(actor.workspace)
        return (rows.select_related("project", "status") if model is Task else rows).filter(**fields).first()


def one(actor: Actor, number: int = 1) -> Task:
    return now(actor, Task, number=number)  # type: ignore[no-any-return]


def test_many_lines_make_many_cards_in_one_change(bob: Actor, project: Project, cards: list[Task]) -> None:
    to = column(project, "Review")
    response = send(
        bob,
        "p/FLOW/tasks/",
        {"titles": "Four%0A%0A Five %0ASix", "status": to.pk, "at": "top", "priority": 3, "due": "2026-12-01"},
    )
    assert response.status_code == 204
    assert titles(project, "Review") == ["Four", "Five", "Six"]
    assert response["Location"] == "/w/acme/t/FLOW-4/"
    assert told(response)["statusIds"] == [str(to.pk)]
    assert one(bob, 5).priority == 3
    undo(bob, told(response))
    assert titles(project, "Review") == []


def test_a_card_is_made_with_people_and_labels(alice: Actor, bob: Actor, project: Project) -> None:
    label = create_label(alice, project, name="bug")
    did(alice, "p/FLOW/tasks/", f"titles=One&assignee={bob.user.pk}&assignee={alice.user.pk}&label={label.pk}")
    with tenancy.workspace(alice.workspace.pk, atomic=True):
        task = one(alice)
        assert task.assignments.count() == 2
        assert task.task_labels.get().label_id == label.pk


def test_a_card_is_moved(bob: Actor, project: Project, cards: list[Task]) -> None:
    to = column(project, "Done")
    done = did(bob, "t/FLOW-1/place/", {"status": to.pk, "after": "", "version": 1})
    assert done["sentence"] == "Moved FLOW-1 One from To do to Done"
    assert set(done["statusIds"]) == {str(to.pk), str(column(project, "To do").pk)}
    assert (done["key"], done["version"]) == ("FLOW-1", 2)
    did(bob, "t/FLOW-3/place/", {"status": to.pk, "after": "FLOW-1"})
    did(bob, "t/FLOW-2/place/", {"status": to.pk, "after": "end"})
    assert titles(project, "Done") == ["One", "Three", "Two"]
    undo(bob, done)
    assert titles(project, "To do") == ["One"]


def test_a_stale_move_is_refused_with_409(bob: Actor, alice: Actor, project: Project, cards: list[Task]) -> None:
    did(alice, "t/FLOW-1/place/", {"status": column(project, "Review").pk, "after": "", "version": 1})
    response = send(bob, "t/FLOW-1/place/", {"status": column(project, "Done").pk, "after": "", "version": 1})
    assert response.status_code == 409
    assert told(response, "refused")["sentence"] == "Alice moved FLOW-1 One from To do to Review meanwhile."
    assert titles(project, "Review") == ["One"]


def test_a_new_title_makes_no_move_stale(bob: Actor, alice: Actor, project: Project, cards: list[Task]) -> None:
    update_task(alice, cards[0], title="Uno")
    did(bob, "t/FLOW-1/place/", {"status": column(project, "Done").pk, "after": "", "version": 1})
    assert titles(project, "Done") == ["Uno"]


def test_fields_are_changed_and_changed_back(bob: Actor, project: Project, cards: list[Task]) -> None:
    for data in (
        {"title": "Uno"},
        {"description": "**b**"},
        {"priority": 4},
        {"due": "2026-11-30"},
        {"estimate": 5},
        {"status": column(project, "Done").pk},
    ):
        before = one(bob)
        done = did(bob, "t/FLOW-1/", data)
        assert one(bob).version > before.version
        undo(bob, done)
        name = next(iter(data))
        assert getattr(one(bob), f"{name}_id" if name == "status" else name) == getattr(
            before, f"{name}_id" if name == "status" else name
        )


def test_a_field_is_emptied(alice: Actor, cards: list[Task]) -> None:
    did(alice, "t/FLOW-1/", {"due": "2026-11-30", "estimate": 5})
    did(alice, "t/FLOW-1/", {"due": "", "estimate": ""})
    assert (one(alice).due, one(alice).estimate) == (None, None)


def test_nothing_changed_is_silent(alice: Actor, cards: list[Task]) -> None:
    before = len(log(alice))
    assert did(alice, "t/FLOW-1/", {"title": "One"}) == {
        "change": None,
        "sentence": "",
        "key": "FLOW-1",
        "version": 1,
        "statusIds": [str(one(alice).status_id)],
    }
    assert len(log(alice)) == before


def test_archiving_and_deleting_and_back(bob: Actor, project: Project, cards: list[Task]) -> None:
    did(bob, "t/FLOW-1/archive/")
    assert titles(project, "To do") == ["Two", "Three"]
    did(bob, "t/FLOW-1/archive/", verb="delete")
    done = did(bob, "t/FLOW-2/", verb="delete")
    assert titles(project, "To do") == ["One", "Three"]
    undo(bob, done)
    assert titles(project, "To do") == ["One", "Two", "Three"]


def test_people_come_and_go(alice: Actor, bob: Actor, cards: list[Task]) -> None:
    with tenancy.workspace(alice.workspace.pk):
        did(alice, "t/FLOW-1/assignees/", {"user": bob.user.pk, "on": 1})
        done = did(alice, "t/FLOW-1/assignees/", {"user": alice.user.pk, "on": 1})
    with tenancy.workspace(alice.workspace.pk, atomic=True):
        assert one(alice).assignments.count() == 2
    undo(alice, done)
    did(alice, "t/FLOW-1/assignees/", {"user": bob.user.pk, "on": 0})
    with tenancy.workspace(alice.workspace.pk, atomic=True):
        assert one(alice).assignments.count() == 0


def test_labels_come_go_and_are_made(alice: Actor, project: Project, cards: list[Task]) -> None:
    label = create_label(alice, project, name="bug")
    did(alice, "t/FLOW-1/labels/", {"label": label.pk, "on": 1})
    did(alice, "t/FLOW-1/labels/", {"name": "docs", "color": "sky", "on": 1})
    did(alice, "t/FLOW-2/labels/", {"name": "Bug", "on": 1})  # the one there is
    did(alice, "t/FLOW-1/labels/", {"label": label.pk, "on": 0})
    with tenancy.workspace(alice.workspace.pk, atomic=True):
        assert [row.label.name for row in one(alice).task_labels.select_related("label")] == ["docs"]
        assert [row.label.name for row in one(alice, 2).task_labels.select_related("label")] == ["bug"]


def test_checklist(alice: Actor, cards: list[Task]) -> None:
    did(alice, "t/FLOW-1/checklist/", {"text": "First%0ASecond"})
    assert one(alice).checklist_count == 2
    item = now(alice, ChecklistItem, text="First")
    did(alice, f"t/FLOW-1/checklist/{item.pk}/", {"done": 1})
    done = did(alice, f"t/FLOW-1/checklist/{item.pk}/", {"text": "Erstes"})
    assert done["statusIds"] == [str(one(alice).status_id)]
    assert (one(alice).checklist_done, now(alice, ChecklistItem, pk=item.pk).text) == (1, "Erstes")
    did(alice, f"t/FLOW-1/checklist/{item.pk}/", verb="delete")
    assert one(alice).checklist_count == 1
    assert send(alice, f"t/FLOW-2/checklist/{item.pk}/", {"done": 1}).status_code == 404


def test_comments_are_ones_own(alice: Actor, bob: Actor, cards: list[Task]) -> None:
    did(bob, "t/FLOW-1/comments/", {"body": "Hello *there*"})
    comment = now(bob, Comment)
    assert send(alice, f"t/FLOW-1/comments/{comment.pk}/", {"body": "Forged"}).status_code == 403
    did(bob, f"t/FLOW-1/comments/{comment.pk}/", {"body": "Hello"})
    page = browser(bob).get("/w/acme/t/FLOW-1/").content.decode()
    assert "<p>Hello</p>" in page
    assert "edited" in page
    undo(alice, did(alice, f"t/FLOW-1/comments/{comment.pk}/", verb="delete"))
    assert now(bob, Comment).deleted_at is None


def test_subtasks(alice: Actor, cards: list[Task]) -> None:
    did(alice, "t/FLOW-1/subtasks/", {"titles": "Below%0AAlso below"})
    assert one(alice, 4).parent_id == one(alice).pk
    assert "Also below" in browser(alice).get("/w/acme/t/FLOW-1/").content.decode()


def test_columns(alice: Actor, project: Project, cards: list[Task]) -> None:
    did(alice, "p/FLOW/columns/", {"name": "Blocked"})
    path = f"p/FLOW/columns/{column(project, 'Blocked').pk}/"
    did(alice, path, {"name": "Stuck", "category": "backlog", "wip_limit": 2})
    did(alice, path, {"wip_limit": ""})
    done = did(alice, path, {"after": ""})
    assert "statusIds" not in done  # the whole board is drawn afresh
    status = column(project, "Stuck")
    assert (status.category, status.wip_limit) == ("backlog", None)
    assert now(alice, Status, deleted_at=None, rank__lt=column(project, "Backlog").rank).name == "Stuck"
    did(alice, f"p/FLOW/columns/{column(project, 'To do').pk}/", {"into": status.pk}, verb="delete")
    assert titles(project, "Stuck") == ["One", "Two", "Three"]


def test_markdown_is_shown_before_it_is_sent(bob: Actor, project: Project) -> None:
    response = send(bob, "markdown/", {"text": "**b** FLOW-1 <script>"})
    assert response.status_code == 200
    assert response.content.decode() == (
        '<p><strong>b</strong> <a href="/w/acme/t/FLOW-1/" class="ref" data-ref="FLOW-1" rel="nofollow noopener noreferrer">FLOW-1</a> &lt;script&gt;</p>\n'
    )


def test_undo_of_an_undo_does_it_again(alice: Actor, cards: list[Task]) -> None:
    done = did(alice, "t/FLOW-1/", {"title": "Uno"})
    undone = undo(alice, done)
    assert one(alice).title == "One"
    assert undone["sentence"].startswith("Undone: ")
    undo(alice, undone)
    assert one(alice).title == "Uno"


def test_a_stale_undo_says_why(alice: Actor, bob: Actor, cards: list[Task]) -> None:
    done = did(alice, "t/FLOW-1/", {"title": "Uno"})
    did(bob, "t/FLOW-1/", {"title": "Ein"})
    response = send(alice, f"changes/{done['change']}/undo/")
    assert response.status_code == 409
    assert one(alice).title == "Ein"
