"""A workspace that asks for a second factor shows nothing to members without one."""

import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse

from accounts.tests.signing import give_app
from workspaces import tenancy
from workspaces.actions import create_workspace_token, require_second_factor
from workspaces.actor import Actor
from workspaces.errors import Forbidden, Refused
from workspaces.models import Role, Workspace

from .people import Program, browser, log

PAGE = "/w/acme/settings/security/"


@pytest.fixture
def strict(alice: Actor) -> Actor:
    """Acme asks for it; Alice has one."""
    give_app(alice.user)
    require_second_factor(alice, required=True)
    return alice


def required(actor: Actor) -> bool:
    with tenancy.workspace(actor.workspace.pk, atomic=True):
        return Workspace.objects.get(pk=actor.workspace.pk).require_mfa


def test_it_is_switched_by_managers_who_have_one_and_told(alice: Actor, bob: Actor) -> None:
    with pytest.raises(Forbidden):
        require_second_factor(bob, required=True)
    with pytest.raises(Refused, match="of your own first"):
        require_second_factor(alice, required=True)
    give_app(alice.user)
    for wish in (True, True, False, False):
        require_second_factor(alice, required=wish)
    assert [row.event for row in log(alice)][-2:] == ["workspace:mfa_required", "workspace:mfa_optional"]


def test_recovery_codes_alone_are_none(alice: Actor) -> None:
    give_app(alice.user)
    Authenticator.objects.filter(user=alice.user, type="totp").delete()
    with pytest.raises(Refused):
        require_second_factor(alice, required=True)


def test_the_page_counts_and_names_who_has_none(alice: Actor, bob: Actor, gus: Actor) -> None:
    client = browser(alice)
    page = client.get(PAGE).content.decode()
    assert "3 of 3 members without" in page and "bob@example.com" in page
    assert "Set up one of your own first" in page
    give_app(alice.user)
    assert "2 of 3 members without" in client.get(PAGE).content.decode()
    assert client.post(PAGE, {"required": "1"}).url == PAGE
    assert required(alice)
    assert client.post(PAGE, {"required": "maybe"}).status_code == 422
    assert client.post(PAGE, {"required": "0"}).url == PAGE
    assert not required(alice)


@pytest.mark.parametrize("who", ["bob", "gus"])
def test_the_page_is_for_managers(request: pytest.FixtureRequest, who: str) -> None:
    client = browser(request.getfixturevalue(who))
    assert client.get(PAGE).status_code == client.post(PAGE, {"required": "1"}).status_code == 403


@pytest.mark.parametrize("path", ["/w/acme/", "/w/acme/members/", "/w/acme/activity/?q=1"])
def test_pages_lead_to_the_reason_and_back(strict: Actor, bob: Actor, path: str) -> None:
    client = browser(bob)
    answer = client.get(path)
    assert answer.url.startswith("/second-factor/acme/?next=")
    page = client.get(answer.url).content.decode()
    assert "Acme asks for a second factor" in page and reverse("mfa_activate_totp") in page
    assert "A workspace of yours asks" in client.get(reverse("own_security")).content.decode()
    give_app(bob.user)
    assert f'href="{path}"' in client.get(reverse("own_security")).content.decode()
    assert client.get(answer.url).url == path
    assert client.get(path).status_code == 200


def test_forms_and_pieces_of_pages_do_nothing(strict: Actor, bob: Actor) -> None:
    client, before = browser(bob), len(log(strict))
    assert client.post("/w/acme/membership/").url == "/second-factor/acme/"
    piece = client.get("/w/acme/members/", headers={"HX-Request": "true"})
    assert piece["HX-Redirect"] == "/second-factor/acme/" and not piece.content
    assert len(log(strict)) == before


def test_whoever_has_one_pays_one_query_and_others_none(
    strict: Actor, bob: Actor, django_assert_num_queries, django_assert_max_num_queries
) -> None:
    client, path = browser(strict), "/api/v1/workspaces/acme/"
    with django_assert_max_num_queries(50) as asked:
        client.get(path)
    require_second_factor(strict, required=False)
    with django_assert_num_queries(len(asked) - 1):
        client.get(path)


def test_the_api_says_why_in_a_problem(alice: Actor, bob: Actor) -> None:
    token = Program(bob)
    give_app(alice.user)
    require_second_factor(alice, required=True)
    for answer in (
        browser(bob).get("/api/v1/workspaces/acme/projects/"),
        token.get("projects/"),
        token.post("projects/", {"name": "X"}),
    ):
        assert answer.status_code == 403
        assert answer.json()["type"] == "urn:flowboard:second-factor-required"
        assert "/profile/security/" in answer.json()["detail"]
    give_app(bob.user)
    assert token.get("projects/").status_code == 200


def test_the_api_switches_it(alice: Actor, bob: Actor) -> None:
    give_app(alice.user)
    token, other = Program(alice), Program(bob)
    assert other.patch("", {"require_mfa": True}).status_code == 403
    assert token.get("").json()["require_mfa"] is False
    assert token.patch("", {"require_mfa": True, "name": "Acme Ltd"}).json()["require_mfa"] is True
    assert token.patch("", {"require_mfa": "perhaps"}).status_code == 400
    assert other.get("").status_code == 403


def test_a_token_of_the_workspace_has_nobody_to_ask(strict: Actor) -> None:
    with tenancy.workspace(strict.workspace.pk, atomic=True):
        role = Role.objects.within(strict.workspace).get(key="member")
    secret = create_workspace_token(strict, name="robot", role=role)[1]
    token = Program(strict)
    token.client.defaults["HTTP_AUTHORIZATION"] = f"Token {secret}"
    assert token.get("projects/").status_code == 200


def test_the_reason_is_for_members_and_leads_nowhere_else(strict: Actor, bob: Actor, eve: Actor) -> None:
    assert browser(eve).get("/second-factor/acme/").status_code == 404
    client = browser(bob)
    for to in ("https://evil.example/", "//evil.example", "/w/globex/", "/w/acme/..//evil", "/w/acme/\\evil"):
        client.get("/second-factor/acme/", {"next": to})
        assert client.session["onward"] == "/w/acme/"
