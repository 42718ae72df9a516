"""Members: the page and its verbs."""

import json
import threading
from typing import Any

import pytest
from django.db import connections
from django.test import Client

from workspaces import tenancy
from workspaces.actions import change_role, create_token, leave_workspace, remove_member
from workspaces.actor import Actor
from workspaces.errors import Forbidden, Refused
from workspaces.models import AccessToken, Membership, Role

from .people import add_member, browser, log, make_person

URL = "/w/acme/members/"
HTMX = {"HX-Request": "true"}


def row(by: Actor, actor: Actor) -> Membership:
    with tenancy.workspace(by.workspace.pk, atomic=True):
        return Membership.objects.within(by.workspace).select_related("workspace", "user", "role").get(user=actor.user)


def role(by: Actor, key: str) -> Role:
    with tenancy.workspace(by.workspace.pk, atomic=True):
        return Role.objects.within(by.workspace).get(key=key)


def url(by: Actor, actor: Actor) -> str:
    return f"{URL}{row(by, actor).pk}/"


def refusal(answer: Any) -> str:
    return str(json.loads(answer["HX-Trigger"])["flowboard:refused"]["sentence"])


def test_the_page_shows_everybody_to_members(alice: Actor, bob: Actor, gus: Actor) -> None:
    for actor in (alice, bob):
        page = browser(actor).get(URL).content.decode()
        assert all(name in page for name in ("Alice", "Bob", "Gus"))


def test_only_managers_see_the_tools(alice: Actor, bob: Actor) -> None:
    assert "hx-delete" in browser(alice).get(URL).content.decode()
    page = browser(bob).get(URL).content.decode()
    assert "hx-delete" not in page
    assert "Send invitations" not in page


def test_a_role_is_changed_and_told(alice: Actor, bob: Actor) -> None:
    answer = browser(alice).post(url(alice, bob), {"role": "admin"}, headers=HTMX)
    assert answer.status_code == 204
    told = json.loads(answer["HX-Trigger"])["flowboard:done"]
    assert told["sentence"] == "Changed the role of Bob from Member to Admin"
    assert row(alice, bob).role.key == "admin"
    assert log(alice, "member:role_changed")[-1].after["role"] == "Admin"


def test_the_same_role_again_is_silent(alice: Actor, bob: Actor) -> None:
    assert browser(alice).post(url(alice, bob), {"role": "member"}, headers=HTMX).status_code == 204
    assert log(alice, "member:role_changed") == []


@pytest.mark.parametrize("sent", [{}, {"role": "boss"}, {"role": "x" * 100_000}, {"role": "owner\x00"}])
def test_an_unknown_role_is_refused(alice: Actor, bob: Actor, sent: dict[str, str]) -> None:
    answer = browser(alice).post(url(alice, bob), sent, headers=HTMX)
    assert answer.status_code == 422
    assert row(alice, bob).role.key == "member"


def test_members_change_nobody(alice: Actor, bob: Actor, gus: Actor) -> None:
    for actor, said in ((bob, 403), (gus, 404)):  # of whom Gus does not even know
        assert browser(actor).post(url(alice, alice), {"role": "guest"}, headers=HTMX).status_code == said
        assert browser(actor).delete(url(alice, alice), headers=HTMX).status_code == said
    assert row(alice, alice).role.key == "owner"


def test_an_admin_makes_no_owner_and_removes_none(alice: Actor, bob: Actor) -> None:
    change_role(alice, row(alice, bob), role=role(alice, "admin"))
    ada = Actor.of(row(alice, bob))
    with pytest.raises(Forbidden):
        change_role(ada, row(alice, bob), role=role(alice, "owner"))
    with pytest.raises(Forbidden):
        remove_member(ada, row(alice, alice))


def test_removing_ends_everything_and_is_told(alice: Actor, bob: Actor) -> None:
    create_token(bob, name="bob")
    assert browser(alice).delete(url(alice, bob), headers=HTMX).status_code == 204
    assert log(alice)[-1].event == "member:removed"
    assert log(alice)[-1].before["user"] == str(bob.user.pk)
    assert browser(bob).get("/w/acme/").status_code == 404
    with tenancy.workspace(alice.workspace.pk, atomic=True):
        assert not AccessToken.objects.within(alice.workspace).filter(user=bob.user).exists()


def test_removing_twice_is_silent(alice: Actor, bob: Actor) -> None:
    held = row(alice, bob)
    remove_member(alice, held)
    remove_member(alice, held)
    assert len(log(alice, "member:removed")) == 1


def test_leaving(alice: Actor, bob: Actor) -> None:
    assert browser(bob).post("/w/acme/membership/").url == "/"
    assert log(alice)[-1].event == "member:left"
    assert browser(bob).get("/").url == "/workspaces/new/"


def test_the_last_owner_stays(alice: Actor, bob: Actor) -> None:
    assert browser(alice).post("/w/acme/membership/").status_code == 422
    answer = browser(alice).delete(url(alice, alice), headers=HTMX)
    assert answer.status_code == 422
    assert "last owner" in refusal(answer)
    assert "last owner" in refusal(browser(alice).post(url(alice, alice), {"role": "guest"}, headers=HTMX))
    assert row(alice, alice).role.key == "owner"
    change_role(alice, row(alice, bob), role=role(alice, "owner"))
    leave_workspace(alice)
    assert row(alice, bob).role.key == "owner"


def test_eve_finds_nothing(alice: Actor, bob: Actor, eve: Actor) -> None:
    client = browser(eve)
    assert client.get(URL).status_code == 404
    assert client.post(url(alice, bob), {"role": "guest"}).status_code == 404
    assert client.delete(url(alice, bob)).status_code == 404
    assert client.post("/w/acme/membership/").status_code == 404
    foreign = row(alice, bob).pk
    assert client.post(f"/w/globex/members/{foreign}/", {"role": "guest"}).status_code == 404
    assert client.delete(f"/w/globex/members/{foreign}/").status_code == 404


def test_signed_out_people_are_asked_to_sign_in(alice: Actor) -> None:
    assert Client().get(URL).status_code == 302
    assert Client().post("/w/acme/membership/").status_code == 401


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_two_owners_cannot_remove_each_other_at_once(alice: Actor) -> None:
    carol = add_member(alice, make_person("Carol"), "owner")
    start, said = threading.Barrier(2), []

    def remove(by: Actor, other: Actor) -> None:
        start.wait()
        try:
            remove_member(by, row(by, other))
            said.append("removed")
        except Refused as no:
            said.append(no.words)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=remove, args=pair) for pair in ((alice, carol), (carol, alice))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with tenancy.workspace(alice.workspace.pk, atomic=True):
        owners = Membership.objects.within(alice.workspace).filter(role__key="owner").count()
    assert owners == 1, said


def test_a_guest_reads_nobodys_address(alice: Actor, bob: Actor, gus: Actor) -> None:
    """Nor a name, before something is shared with them (tasks/tests/test_acquaintances.py); members read both."""
    page = browser(gus).get("/w/acme/members/").content.decode()
    assert "gus@example.com" in page and "You are a guest here" in page
    assert "Bob" not in page and "bob@example.com" not in page and "alice@example.com" not in page
    page = browser(bob).get("/w/acme/members/").content.decode()
    assert "alice@example.com" in page and "You are a guest here" not in page
