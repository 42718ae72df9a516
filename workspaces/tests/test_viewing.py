"""Viewing as a role: never more than one sees oneself, nothing written, an hour long, and told."""

import time

import pytest
from django.test import Client

from flowboard.tests.test_rules import ROUTES, example
from tasks.actions import create_project, update_task
from tasks.models import Project, Task
from tasks.tests.boards import add
from workspaces import tenancy, viewing
from workspaces.actions import change_role, create_role
from workspaces.actor import Actor
from workspaces.errors import Forbidden
from workspaces.models import Membership, Role
from workspaces.spine import acting

from .people import Program, browser, log

URL = "/w/acme/view-as/"
CHANGING = ("post", "put", "patch", "delete")


def looking(actor: Actor, role: str) -> Client:
    client = browser(actor)
    assert client.post(URL, {"role": role}).url == "/w/acme/"
    return client


def give(alice: Actor, to: Actor, role: Role) -> None:
    with tenancy.workspace(alice.workspace.pk, atomic=True):
        held = Membership.objects.within(alice.workspace).get(user=to.user)
    change_role(alice, held, role=role)


def words(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, url
    return answer.content.decode()


def test_the_owner_sees_what_a_guest_sees(alice: Actor, gus: Actor, cards: list[Task], project: Project) -> None:
    add(alice, create_project(alice, name="Private plan", key="PRIV", private=True), "Secret")
    client = looking(alice, "guest")
    home = words(client, "/w/acme/")
    assert "You are viewing Acme as Guest. Nothing can be changed." in home and "Stop viewing" in home
    for url in ("/w/acme/", "/w/acme/activity/", "/w/acme/members/", "/w/acme/search/?q=one", "/w/acme/settings/"):
        page = words(client, url)
        assert "Flow" not in page.replace("FlowBoard", "") and "Private plan" not in page, url
        assert "You are viewing Acme as Guest" in page and "data-viewing" in page
    for url in ("/w/acme/p/FLOW/board/", "/w/acme/t/FLOW-1/", "/api/v1/workspaces/acme/projects/FLOW/"):
        assert client.get(url).status_code == 404, url
    assert client.get("/api/v1/workspaces/acme/projects/").json()["results"] == []
    assert {row["event"] for row in client.get("/api/v1/workspaces/acme/events").json()["results"]} == {"cursor"}


def test_the_owner_sees_what_a_member_sees(alice: Actor, cards: list[Task]) -> None:
    create_project(alice, name="Private plan", key="PRIV", private=True)
    client = looking(alice, "member")
    assert "One" in words(client, "/w/acme/p/FLOW/board/")
    assert "Private plan" not in words(client, "/w/acme/")
    assert client.get("/w/acme/p/PRIV/board/").status_code == 404  # her own grant is not the role's
    assert client.get("/w/acme/settings/roles/new/").status_code == 403


def test_a_role_shows_no_more_than_the_viewer_sees(alice: Actor, bob: Actor, cards: list[Task]) -> None:
    """A role below one's own may hold what one lacks: what is seen is what both may."""
    give(alice, bob, create_role(alice, name="Keeper", level=15, permissions=["role.manage"]))
    rich = create_role(alice, name="Rich", level=15, permissions=["audit.read", "member.invite", "webhook.manage"])
    client = looking(bob, str(rich.pk))
    assert client.get("/api/v1/workspaces/acme/invitations/").status_code == 403
    assert client.get("/w/acme/p/FLOW/board/").status_code == 404
    for role in ("member", "admin", "owner"):
        assert browser(bob).post(URL, {"role": role}).status_code == 403
    assert "as Rich" in words(client, "/w/acme/")


def test_only_who_manages_roles_may(alice: Actor, bob: Actor, gus: Actor, eve: Actor) -> None:
    for actor, status in ((bob, 403), (gus, 403), (eve, 404)):
        client = browser(actor)
        assert client.post(URL, {"role": "guest"}).status_code == status
        assert viewing.KEPT not in client.session
    assert browser(alice).post(URL, {"role": "boss"}).status_code == 422
    assert browser(alice).post(URL, {"role": "guest", "level": "40"}).status_code == 422
    assert log(alice, "view:started") == []


def test_nothing_is_written_at_any_address(alice: Actor, cards: list[Task]) -> None:
    """The door refuses, whatever the role may and whichever the verb."""
    client = looking(alice, "owner")
    before = len(log(alice))
    routes = [route for route in ROUTES if example(route) != URL]
    assert len(routes) > 60
    for number, route in enumerate(routes):
        send = getattr(client, CHANGING[number % len(CHANGING)])
        answer = send(example(route), headers={"HX-Request": "true"})
        told = answer.content.decode() + answer.get("HX-Trigger", "")
        assert answer.status_code == 403 and "You are viewing as Owner" in told, route
    assert len(log(alice)) == before


def test_undo_is_refused_too_and_no_act_begins(alice: Actor, cards: list[Task]) -> None:
    client, change = looking(alice, "owner"), log(alice, "task:created")[-1].change_id
    answer = client.post(f"/w/acme/changes/{change}/undo/", headers={"HX-Request": "true"})
    assert answer.status_code == 403 and "nothing can be changed" in answer["HX-Trigger"]
    with pytest.raises(Forbidden, match="viewing as Owner"), acting(Actor(**vars(alice) | {"viewer": alice.user})):
        pass


def test_it_ends_by_the_button_and_is_told(alice: Actor, bob: Actor) -> None:
    client = looking(alice, "guest")
    assert client.post(URL, {"stop": "1"}).url == "/w/acme/settings/roles/"
    assert "viewing Acme" not in words(client, "/w/acme/")
    started, ended = log(alice, "view:started", "view:ended")
    assert (started.after["role"], ended.before["role"]) == ("Guest", "Guest")
    assert started.after["until"] > started.created_at.isoformat()
    assert "view:started" in Program(alice).get("activity/").content.decode()
    assert "view:started" not in Program(bob).get("activity/").content.decode()


def test_also_where_there_is_nothing_it_says_so_and_ends(alice: Actor) -> None:
    missing = looking(alice, "guest").get("/w/acme/p/NONE/board/")
    assert missing.status_code == 404
    assert "Stop viewing" in missing.content.decode()
    assert "Stop viewing" not in browser(alice).get("/w/acme/p/NONE/board/").content.decode()


def test_it_ends_after_an_hour_at_sign_out_and_with_the_right_to_it(alice: Actor, bob: Actor) -> None:
    client = looking(alice, "guest")
    session = client.session
    assert 3590 < session[viewing.KEPT]["until"] - time.time() < 3610
    session[viewing.KEPT] |= {"until": time.time() - 1}
    session.save()
    assert "viewing Acme" not in words(client, "/w/acme/")
    assert viewing.KEPT not in client.session
    client = looking(alice, "guest")
    client.post("/accounts/logout/")
    client.force_login(alice.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert "viewing Acme" not in words(client, "/w/acme/")
    with tenancy.workspace(alice.workspace.pk, atomic=True):
        roles = {role.key: role for role in Role.objects.within(alice.workspace)}
    give(alice, bob, roles["admin"])
    client = looking(bob, "guest")
    give(alice, bob, roles["member"])
    assert "viewing Acme" not in words(client, "/w/acme/")


def test_it_concerns_one_workspace_and_no_program(alice: Actor, eve: Actor, cards: list[Task]) -> None:
    program, client = Program(alice), looking(alice, "guest")
    assert program.get("projects/FLOW/").status_code == 200
    with tenancy.workspace(eve.workspace.pk, atomic=True):
        role = Role.objects.within(eve.workspace).get(key="member")
        Membership(workspace=eve.workspace, user=alice.user, role=role).save(force_insert=True)
    assert "You are viewing" not in words(client, "/w/globex/")
    assert client.get("/w/acme/").context["frame"]["user"]["name"] == "Alice"
    assert len(client.get("/w/acme/").context["frame"]["workspaces"]) == 2


def test_nothing_personal_of_the_viewer_shows(alice: Actor, cards: list[Task]) -> None:
    update_task(alice, cards[0], assignees=[alice.user])
    Program(alice)
    client = looking(alice, "owner")
    assert "FLOW-1" not in words(client, "/w/acme/").split("Latest")[0]
