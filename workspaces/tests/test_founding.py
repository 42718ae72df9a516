"""Founding a workspace: name, address, suggestion; the start address."""

import pytest
from django.test import Client
from django.urls import reverse

from workspaces.actions import create_workspace, delete_workspace, update_workspace
from workspaces.actions.workspaces import free_slug, slug_fault
from workspaces.actor import Actor
from workspaces.errors import Forbidden, Refused
from workspaces.models import Workspace

from .people import browser, log, make_person

NEW = "/workspaces/new/"
ADDRESS = "/workspaces/new/address/"


@pytest.fixture
def zoe(db: None) -> Client:
    """Somebody without a workspace."""
    client = Client()
    client.force_login(make_person("Zoe"), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_it_is_made_and_told(zoe: Client) -> None:
    assert zoe.post(NEW, {"name": "Zoe’s Bakery", "slug": "bakery"}).url == "/w/bakery/"
    home = zoe.get("/w/bakery/")
    assert "Zoe’s Bakery" in home.content.decode()
    assert home.status_code == 200


def test_the_address_follows_from_the_name(zoe: Client) -> None:
    assert zoe.post(NEW, {"name": "Zoe’s Bakery", "slug": ""}).url == "/w/zoes-bakery/"
    assert zoe.post(NEW, {"name": "Zoe’s Bakery", "slug": ""}).url == "/w/zoes-bakery-2/"


@pytest.mark.parametrize(
    ("field", "sent"),
    [
        ("name", {"name": ""}), ("name", {"name": "x" * 81}), ("name", {"name": "x" * 1_000_000}), ("name", {"name": "a\x00b"}),
        ("name", {"name": "\u200b\x07"}), ("slug", {"name": "A", "slug": "UP PER"}), ("slug", {"name": "A", "slug": "admin"}),
        ("slug", {"name": "A", "slug": "-a"}), ("slug", {"name": "A", "slug": "a"}), ("slug", {"name": "A", "slug": "ä" * 5}),
        ("slug", {"name": "A", "slug": "x" * 41}), ("slug", {"name": "A", "slug": "../../x"}),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(zoe: Client, field: str, sent: dict[str, str]) -> None:
    answer = zoe.post(NEW, sent)
    if answer.status_code == 302:  # a zero-width space is a letter to some
        assert sent["name"].startswith("\u200b")
        return
    assert answer.status_code == 422
    assert field in answer.context["form"].errors


def test_a_taken_address_is_named_with_a_free_one(zoe: Client, alice: Actor) -> None:
    answer = zoe.post(NEW, {"name": "Acme", "slug": "acme"})
    assert answer.status_code == 422
    assert "taken" in str(answer.context["form"].errors["slug"])
    assert "acme-2" in str(answer.context["form"].errors["slug"])


def test_an_address_is_suggested_while_typing(zoe: Client, alice: Actor) -> None:
    def asks(**query: str) -> str:
        return zoe.get(ADDRESS, query, headers={"HX-Trigger-Name": query.pop("by", "name")}).content.decode()

    assert 'value="acme-2"' in asks(name="Acme")
    assert 'value=""' in asks(name="  ")
    assert 'value="' in asks(name="株式会社")
    assert "is free" in asks(slug="brand-new", by="slug")
    assert "is taken" in asks(slug="acme", by="slug")
    assert "2 to 40" in asks(slug="no way", by="slug")
    assert asks(slug="x" * 5000, by="slug")


def test_an_own_address_is_left_alone(zoe: Client) -> None:
    assert zoe.get(ADDRESS, {"name": "Acme", "own": "1"}, headers={"HX-Trigger-Name": "name"}).status_code == 204


def test_nobody_is_asked_to_sign_in(db: None) -> None:
    assert Client().get(NEW).status_code == 302
    assert Client().get(ADDRESS).status_code == 302
    assert Client().post(NEW, {"name": "A"}).status_code == 302


def test_suggestions(alice: Actor) -> None:
    assert free_slug("Acme") == "acme-2"
    assert free_slug("admin") == "admin-team"
    assert free_slug("!!!") == "team"
    assert slug_fault("acme").endswith("is taken.")
    assert slug_fault("fresh") == ""


def test_a_workspace_begins_with_its_roles_and_its_owner(alice: Actor) -> None:
    assert next(row.event for row in log(alice)) == "workspace:created"
    page = browser(alice).get(reverse("members", args=["acme"])).content.decode()
    assert "Owner" in page


def test_renaming_works_tells_refuses_and_is_silent(alice: Actor, bob: Actor) -> None:
    update_workspace(alice, name="Acme Corp")
    row = log(alice, "workspace:updated")[-1]
    assert (row.before, row.after) == ({"name": "Acme"}, {"name": "Acme Corp"})
    update_workspace(alice, name="Acme Corp")
    assert len(log(alice, "workspace:updated")) == 1
    with pytest.raises(Forbidden):
        update_workspace(bob, name="Bobs")
    with pytest.raises(Refused, match="empty"):
        update_workspace(alice, name=" ")


def test_deleting_asks_for_the_address(alice: Actor, bob: Actor) -> None:
    with pytest.raises(Refused, match="acme"):
        delete_workspace(alice, confirm="Acme")
    with pytest.raises(Forbidden):
        delete_workspace(bob, confirm="acme")
    delete_workspace(alice, confirm="acme")
    assert log(alice)[-1].event == "workspace:deleted"
    assert browser(alice).get("/w/acme/").status_code == 404


def test_the_start_leads_to_where_one_was(alice: Actor) -> None:
    create_workspace(alice.user, name="Second", slug="second")
    client = browser(alice)
    assert client.get("/").url == "/w/second/"
    client.get("/w/acme/")
    assert client.get("/").url == "/w/acme/"
    delete_workspace(alice, confirm="acme")
    assert client.get("/").url == "/w/second/"


def test_a_strangers_cookie_leads_nowhere(alice: Actor, eve: Actor) -> None:
    client = browser(eve)
    client.cookies["workspace"] = "acme"
    assert client.get("/").url == "/w/globex/"


def test_the_start_page_is_public(db: None) -> None:
    page = Client().get("/").content.decode()
    assert reverse("account_signup") in page
    assert Workspace._base_manager.count() == 0
