"""Making a project and its settings, by the page."""

import pytest

from tasks.actions import create_label, create_project
from tasks.models import Label, Project, ProjectGrant, Task
from tasks.tests.boards import add
from tasks.tests.test_pages_changes import did, now, send, told, undo
from workspaces import tenancy
from workspaces.actor import Actor
from workspaces.tests.people import browser, log


def form(actor: Actor, data: dict[str, str]) -> object:
    return browser(actor).post("/w/acme/projects/new/", data)


def test_a_project_is_made(bob: Actor) -> None:
    response = form(bob, {"name": "Autumn launch", "key": "", "description": "", "color": "green"})
    assert response["Location"] == "/w/acme/p/AL/board/"
    assert browser(bob).get(response["Location"]).status_code == 200


def test_a_private_project_is_its_makers(alice: Actor, bob: Actor) -> None:
    form(bob, {"name": "Secret", "key": "SEC", "private": "1", "color": "blue"})
    assert browser(bob).get("/w/acme/p/SEC/board/").status_code == 200
    assert browser(alice).get("/w/acme/p/SEC/board/").status_code == 404


def test_a_key_is_suggested(bob: Actor, project: Project) -> None:
    answer = browser(bob).get("/w/acme/projects/key/?name=Autumn+launch")
    assert "AL-1" in answer.content.decode()


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", ""), ("name", "x" * 81), ("key", "1"), ("key", "FLOW"), ("color", "mauve"), ("description", "x" * 5001)],
)
def test_what_is_wrong_stands_beside_its_field(alice: Actor, project: Project, field: str, value: str) -> None:
    before = len(log(alice))
    response = form(alice, {"name": "New", "key": "NEW", "color": "blue"} | {field: value})
    assert response.status_code == 422
    assert 'class="errors"' in response.content.decode() or field == "color"
    assert len(log(alice)) == before


def test_guests_make_none_and_see_no_settings(gus: Actor, project: Project) -> None:
    assert browser(gus).get("/w/acme/projects/new/").status_code == 403
    assert browser(gus).get("/w/acme/p/FLOW/settings/").status_code == 404


def test_settings(alice: Actor, bob: Actor, project: Project) -> None:
    done = did(bob, "p/FLOW/settings/", {"name": "Stream", "description": "Ours", "color": "pink"})
    assert done["sidebar"] is True
    html = browser(alice).get("/w/acme/p/FLOW/settings/").content.decode()
    assert 'value="Stream"' in html
    undo(bob, done)
    assert now(alice, Project).name == "Flow"


def test_sharing_with_a_guest_and_stopping(alice: Actor, gus: Actor, project: Project) -> None:
    did(alice, "p/FLOW/people/", {"user": gus.user.pk, "grant": "comment_project"})
    assert browser(gus).get("/w/acme/p/FLOW/board/").status_code == 200
    did(alice, "p/FLOW/people/", {"user": gus.user.pk, "grant": "edit_project"})
    with tenancy.workspace(alice.workspace.pk, atomic=True):
        assert ProjectGrant.objects.within(alice.workspace).get().permission.codename == "edit_project"
    assert "gus@example.com" in browser(alice).get("/w/acme/p/FLOW/settings/").content.decode()
    answer = browser(alice).delete(f"/w/acme/p/FLOW/people/?user={gus.user.pk}", headers={"HX-Request": "true"})
    assert answer.status_code == 204
    assert browser(gus).get("/w/acme/p/FLOW/board/").status_code == 404


def test_labels(alice: Actor, project: Project) -> None:
    did(alice, "p/FLOW/labels/", {"name": "bug", "color": "red"})
    label = now(alice, Label)
    did(alice, f"p/FLOW/labels/{label.pk}/", {"name": "fault", "color": "pink"})
    assert (now(alice, Label).name, now(alice, Label).color) == ("fault", "pink")
    undo(alice, did(alice, f"p/FLOW/labels/{label.pk}/", verb="delete"))
    assert now(alice, Label).deleted_at is None


def test_labels_of_other_projects_are_not_there(alice: Actor, project: Project, cards: list[Task]) -> None:
    other = create_project(alice, name="Other", key="OTHER")
    label = create_label(alice, other, name="theirs")
    assert send(alice, f"p/FLOW/labels/{label.pk}/", {"name": "x"}).status_code == 404
    assert "label" in told(send(alice, "t/FLOW-1/labels/", {"label": label.pk}), "refused")["fields"]


def test_archived_it_is_read_only_and_comes_back(alice: Actor, project: Project, cards: list[Task]) -> None:
    did(alice, "p/FLOW/archive/")
    html = browser(alice).get("/w/acme/p/FLOW/board/").content.decode()
    assert "data-may-edit" not in html
    assert "Bring it back" in html
    did(alice, "p/FLOW/archive/", verb="delete")
    assert "data-may-edit" in browser(alice).get("/w/acme/p/FLOW/board/").content.decode()


def test_deleted_it_is_gone_and_can_be_undone(alice: Actor, project: Project) -> None:
    response = send(alice, "p/FLOW/settings/", verb="delete")
    assert response["HX-Redirect"] == "/w/acme/"
    assert browser(alice).get("/w/acme/p/FLOW/board/").status_code == 404
    undo(alice, told(response))
    assert browser(alice).get("/w/acme/p/FLOW/board/").status_code == 200


def test_search_finds_tasks_and_projects_that_one_sees(alice: Actor, bob: Actor, project: Project) -> None:
    add(alice, project, "Launch the rocket")
    secret = create_project(alice, name="Rocket science", key="SEC", private=True)
    add(alice, secret, "Hidden rocket")
    mine = browser(alice).get("/w/acme/search/?q=rock").content.decode()
    assert all(words in mine for words in ("FLOW-1", "SEC-1", "Rocket science"))
    theirs = browser(bob).get("/w/acme/search/?q=rock", headers={"X-Fragments": "palette"}).content.decode()
    assert "FLOW-1" in theirs
    assert "SEC" not in theirs
    assert 'id="main"' not in theirs
    for typed in ("", "%25", "'", '"', "\\", "flow-1", "%F0%9F%9A%80", "&|!()", "a:*"):
        assert browser(bob).get(f"/w/acme/search/?q={typed}").status_code == 200, typed
    assert browser(bob).get("/w/acme/search/?q=" + "x" * 201).status_code == 422
