"""Workspaces, people, record and changes through REST."""

from typing import Any

import pytest
from django.test import Client

from tasks.actions import create_project, share_project, update_task
from tasks.models import Project, Task
from workspaces import tenancy
from workspaces.actor import Actor
from workspaces.models import AccessToken, Membership

from .people import Program, browser, log, make_person

ROOT = "/api/v1/workspaces/"


@pytest.fixture
def program(alice: Actor) -> Program:
    """Alice's."""
    return Program(alice)


def errors(answer: Any, status: int) -> list[str]:
    """The fields that a problem names."""
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json"), answer.content
    return sorted(answer.json().get("errors", {}))


def test_workspaces_are_listed_founded_renamed_and_deleted(program: Program, eve: Actor) -> None:
    made = program.post(ROOT, {"name": "Second", "slug": "second"})
    assert (made.status_code, made.json()["slug"], made.json()["role"]["key"]) == (201, "second", "owner")
    assert [one["slug"] for one in program.get(ROOT).json()["results"]] == ["acme", "second"]
    assert program.get("").json()["name"] == "Acme"
    assert program.patch("", {"name": "Acme & Sons"}).json()["name"] == "Acme & Sons"
    assert errors(program.post(ROOT, {"name": "Again", "slug": "acme"}), 422) == ["slug"]
    assert errors(program.post(ROOT, {"name": "", "owner": "Eve"}), 400) == ["name", "owner"]


def test_deleting_a_workspace_asks_for_its_address(alice: Actor, program: Program) -> None:
    assert errors(program.delete(""), 400) == ["confirm"]
    assert errors(program.delete("?confirm=globex"), 422) == ["confirm"]
    assert program.get("").status_code == 200
    assert program.call("delete", "", {"confirm": "acme"}).status_code == 204
    assert program.get("").status_code == 401
    assert [row.event for row in log(alice, "workspace:deleted")] == ["workspace:deleted"]


def test_only_the_owner_deletes(bob: Actor) -> None:
    assert errors(Program(bob).delete("?confirm=acme"), 403) == []


def test_members(alice: Actor, bob: Actor, gus: Actor, program: Program) -> None:
    people = program.get("members/").json()["results"]
    assert [(one["name"], one["email"], one["role"]["key"]) for one in people] == [
        ("Alice", "alice@example.com", "owner"),
        ("Bob", "bob@example.com", "member"),
        ("Gus", "gus@example.com", "guest"),
    ]
    assert program.patch(f"members/{bob.user.pk}/", {"role": "admin"}).json()["role"]["name"] == "Admin"
    assert errors(Program(gus).patch(f"members/{bob.user.pk}/", {"role": "guest"}), 404) == []  # whom Gus does not know
    assert errors(program.patch(f"members/{alice.user.pk}/", {"role": "member"}), 422) == ["role"]
    assert program.delete(f"members/{gus.user.pk}/").status_code == 204
    assert program.get(f"members/{gus.user.pk}/").status_code == 404
    assert errors(program.delete(f"members/{alice.user.pk}/"), 422) == ["role"]
    assert Program(bob).delete(f"members/{bob.user.pk}/").status_code == 204


def test_guests_see_whom_they_share_with_and_no_addresses(alice: Actor, gus: Actor, project: Project) -> None:
    program = Program(gus)
    people = program.get("members/").json()["results"]
    assert [(one["name"], one["email"]) for one in people] == [("Gus", "gus@example.com")]
    share_project(alice, project, person=gus.user)
    people = program.get("members/").json()["results"]
    assert [(one["name"], one["email"]) for one in people] == [("Alice", None), ("Gus", "gus@example.com")]


def test_invitations(alice: Actor, bob: Actor, program: Program) -> None:
    made = program.post("invitations/", {"email": "Ann@Example.com", "role": "guest"}).json()
    assert (made["email"], made["role"]["key"], made["state"]) == ("ann@example.com", "guest", "pending")
    assert program.get(f"invitations/{made['id']}/").json() == made
    assert program.delete(f"invitations/{made['id']}/").status_code == 204
    assert [one["state"] for one in program.get("invitations/").json()["results"]] == ["revoked"]
    assert errors(program.post("invitations/", {"email": "bob"}), 422) == ["email"]
    assert errors(Program(bob).get("invitations/"), 403) == []
    assert errors(Program(bob).post("invitations/", {"email": "ann@example.com"}), 403) == []


def test_roles(program: Program) -> None:
    roles = program.get("roles/").json()["results"]
    assert [role["key"] for role in roles] == ["owner", "admin", "member", "guest"]
    assert program.get(f"roles/{roles[3]['id']}/").json()["permissions"] == {}
    assert errors(program.post("roles/", {}), 400) == ["name"]


def test_tokens(alice: Actor, program: Program) -> None:
    made = program.post("tokens/", {"name": "deploy"}).json()
    assert made["token"].startswith("fb_")
    own = Client(headers={"authorization": f"Token {made['token']}"})
    assert own.get(program.base).status_code == 200
    assert "token" not in program.get("tokens/").json()["results"][0]
    assert program.delete(f"tokens/{made['id']}/").status_code == 204
    assert own.get(program.base).status_code == 401
    assert errors(program.post("tokens/", {"name": "old", "expires_at": "2020-01-01T00:00:00Z"}), 400) == ["expires_at"]


def test_a_token_opens_its_own_workspace_alone(alice: Actor, program: Program) -> None:
    program.post(ROOT, {"name": "Second", "slug": "second"})
    assert program.get(f"{ROOT}second/").status_code == 404


def test_activity(alice: Actor, bob: Actor, program: Program, cards: list[Task]) -> None:
    update_task(bob, cards[0], title="Uno")
    newest = program.get("activity/?limit=1").json()["results"][0]
    assert (newest["event"], newest["actor"]["name"], newest["subject"]["key"]) == ("task:updated", "Bob", "FLOW-1")
    assert (newest["before"], newest["after"]) == ({"title": "One"}, {"title": "Uno"})
    assert len(program.get(f"activity/?actor={bob.user.pk}").json()["results"]) == 1
    assert {row["event"] for row in program.get("activity/?event=task:created").json()["results"]} == {"task:created"}


def test_activity_through_the_actors_eyes(alice: Actor, bob: Actor, gus: Actor) -> None:
    create_project(alice, name="Secret", key="SEC", private=True)
    assert "SEC" not in Program(bob).get("activity/").content.decode()
    assert "SEC" not in Program(bob).get("changes/").content.decode()
    assert {change["actor"]["name"] for change in Program(gus).get("changes/").json()["results"]} == {"Gus"}


def test_changes_are_undone_and_done_again(alice: Actor, program: Program, cards: list[Task]) -> None:
    program.patch("tasks/FLOW-1/", {"title": "Uno"})
    change = program.get("changes/").json()["results"][0]
    assert (change["title"], change["state"], change["actor"]["name"]) == (
        "Renamed FLOW-1 from One to Uno",
        "applied",
        "Alice",
    )
    assert [row["event"] for row in program.get(f"changes/{change['id']}/activity/").json()["results"]] == [
        "task:updated"
    ]
    undone = program.post(f"changes/{change['id']}/undo/").json()
    assert (undone["state"], undone["stale"]) == ("undone", [])
    assert program.get("tasks/FLOW-1/").json()["title"] == "One"
    assert program.post(f"changes/{undone['undo_id']}/undo/").status_code == 200
    assert program.get("tasks/FLOW-1/").json()["title"] == "Uno"
    assert program.get(f"changes/{change['id']}/").json()["state"] == "applied"


def test_what_moved_on_is_not_undone(alice: Actor, bob: Actor, program: Program, cards: list[Task]) -> None:
    program.patch("tasks/FLOW-1/", {"title": "Uno"})
    change = program.get("changes/").json()["results"][0]["id"]
    update_task(bob, cards[0], title="Ein")
    assert errors(program.post(f"changes/{change}/undo/"), 409) == []
    assert program.get("tasks/FLOW-1/").json()["title"] == "Ein"


def test_a_session_writes_only_with_its_csrf_token(alice: Actor, project: Project) -> None:
    client = browser(alice)
    client.handler.enforce_csrf_checks = True
    path = f"{ROOT}acme/projects/FLOW/tasks/"
    assert client.get(path).status_code == 200
    assert errors(client.post(path, {"title": "One"}, content_type="application/json"), 403) == []
    client.get("/accounts/logout/")
    token = client.cookies["csrftoken"].value
    made = client.post(path, {"title": "One"}, content_type="application/json", headers={"x-csrftoken": token})
    assert made.status_code == 201


def test_anonymous_and_wrong_tokens_are_told_so(alice: Actor, project: Project) -> None:
    for header in (
        "",
        "Token fb_nonsense",
        f"Token fb_{alice.workspace.pk.hex}_{'x' * 43}",
        "Basic YTpi",
        "Bearer a.b.c",
    ):
        client = Client(headers={"authorization": header} if header else {})
        for path in (ROOT, f"{ROOT}acme/", f"{ROOT}acme/tasks/FLOW-1/"):
            answer = client.get(path)
            assert errors(answer, 401) == []
            assert answer["WWW-Authenticate"] == "Bearer, Token"


def test_nobody_reads_a_workspace_after_leaving(bob: Actor) -> None:
    program = Program(bob)
    with tenancy.workspace(bob.workspace.pk, atomic=True):
        Membership.objects.within(bob.workspace).filter(user=bob.user).delete()
        assert AccessToken.objects.within(bob.workspace).filter(user=bob.user).exists()
    assert program.get("").status_code == 401


def test_wrong_verbs_types_and_wishes(program: Program, project: Project) -> None:
    assert errors(program.call("put", "projects/FLOW/", {}), 405) == []
    assert (
        errors(
            program.client.post(program.base + "projects/", "name=x", content_type="application/x-www-form-urlencoded"),
            415,
        )
        == []
    )
    assert errors(program.get("projects/", accept="text/html"), 406) == []
    assert errors(program.get("nowhere/"), 404) == []
    assert errors(program.call("options", "projects/"), 405) == []


def test_strangers_found_workspaces_of_their_own(db: None) -> None:
    client = browser(Actor(None, make_person("Ann"), None))  # type: ignore[arg-type]
    assert client.get(ROOT).json() == {"next": None, "previous": None, "results": []}
    assert client.post(ROOT, {"name": "Ann's"}, content_type="application/json").json()["slug"] == "anns"
