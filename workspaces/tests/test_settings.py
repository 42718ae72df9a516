"""Settings of a workspace: name, access tokens, deletion."""

import json
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from workspaces import tenancy
from workspaces.actions import create_token, revoke_token
from workspaces.actor import Actor
from workspaces.errors import Forbidden
from workspaces.models import AccessToken

from .people import browser, log

URL = "/w/acme/settings/"
HTMX = {"HX-Request": "true"}


def tokens(by: Actor) -> list[AccessToken]:
    with tenancy.workspace(by.workspace.pk, atomic=True):
        return list(AccessToken.objects.within(by.workspace).order_by("created_at"))


def test_everybody_has_tokens_and_only_managers_the_rest(alice: Actor, bob: Actor, gus: Actor) -> None:
    page = browser(alice).get(URL).content.decode()
    assert 'id="rename"' in page
    assert 'id="delete"' in page
    for actor in (bob, gus):
        page = browser(actor).get(URL).content.decode()
        assert "Access tokens" in page
        assert 'id="rename"' not in page
        assert 'id="delete"' not in page


def test_renaming_tells(alice: Actor) -> None:
    answer = browser(alice).post(URL, {"name": "Acme Corp"}, headers=HTMX)
    assert json.loads(answer["HX-Trigger"])["flowboard:done"]["sentence"].startswith("Renamed the workspace")
    assert log(alice)[-1].event == "workspace:updated"
    assert "Acme Corp" in browser(alice).get("/w/acme/").content.decode()


@pytest.mark.parametrize("name", ["", " ", "x" * 81, "x" * 1_000_000, "a\x00b"])
def test_a_wrong_name_is_named(alice: Actor, name: str) -> None:
    for headers in (HTMX, {}):
        answer = browser(alice).post(URL, {"name": name}, headers=headers)
        assert answer.status_code == 422
        assert "name" in answer.context["name_form"].errors
    assert log(alice, "workspace:updated") == []


def test_members_rename_nothing(alice: Actor, bob: Actor, gus: Actor) -> None:
    for actor in (bob, gus):
        assert browser(actor).post(URL, {"name": "Mine"}, headers=HTMX).status_code == 403
        assert browser(actor).post(f"{URL}deletion/", {"confirm": "acme"}, headers=HTMX).status_code == 403


def test_a_token_is_shown_once_and_works(alice: Actor) -> None:
    client = browser(alice)
    answer = client.post(f"{URL}tokens/", {"name": "nightly", "days": "30"}, headers=HTMX)
    assert answer.status_code == 200
    secret = re.search(r"fb_[0-9a-f]{32}_[A-Za-z0-9_-]{49}", answer.content.decode())
    assert secret
    assert secret[0] not in client.get(f"{URL}tokens/").content.decode()
    program = Client(headers={"authorization": f"Token {secret[0]}"})
    assert program.get("/api/v1/workspaces/acme/").status_code == 200
    held = tokens(alice)[0]
    assert client.delete(f"{URL}tokens/{held.pk}/", headers=HTMX).status_code == 200
    assert program.get("/api/v1/workspaces/acme/").status_code == 401
    assert [row.event for row in log(alice)[-2:]] == ["token:created", "token:revoked"]


@pytest.mark.parametrize(
    ("field", "sent"),
    [
        ("name", {"name": ""}), ("name", {"name": "x" * 81}), ("name", {"name": "x" * 1_000_000}), ("name", {"name": "\x00"}),
        ("days", {"name": "a", "days": "soon"}), ("days", {"name": "a", "days": "-1"}), ("days", {"name": "a", "days": ""}),
    ],
)  # fmt: skip
def test_a_wrong_token_is_named(alice: Actor, field: str, sent: dict[str, str]) -> None:
    answer = browser(alice).post(f"{URL}tokens/", {"days": "30"} | sent, headers=HTMX)
    assert answer.status_code == 422
    assert field in answer.context["token_form"].errors
    assert tokens(alice) == []


def test_a_lasting_token(alice: Actor) -> None:
    browser(alice).post(f"{URL}tokens/", {"name": "for ever", "days": "0"}, headers=HTMX)
    assert tokens(alice)[0].expires_at is None


def test_only_ones_own_tokens_are_listed_and_revoked(alice: Actor, bob: Actor) -> None:
    token, _ = create_token(alice, name="alices")
    assert "alices" not in browser(bob).get(f"{URL}tokens/").content.decode()
    assert browser(bob).delete(f"{URL}tokens/{token.pk}/", headers=HTMX).status_code == 404
    with pytest.raises(Forbidden):
        revoke_token(bob, token)
    revoke_token(alice, token)
    revoke_token(alice, token)
    assert len(log(alice, "token:revoked")) == 1


def test_a_token_of_chosen_areas(alice: Actor) -> None:
    said = {"name": "bot", "days": "7", "access": "areas", "area_tasks": "write", "area_audit": "read", "area_ai": ""}
    browser(alice).post(f"{URL}tokens/", said, headers=HTMX)
    assert tokens(alice)[0].scopes == ["audit:read", "tasks:write"]
    answer = browser(alice).post(f"{URL}tokens/", {"name": "bot", "days": "7", "access": "areas"}, headers=HTMX)
    assert answer.status_code == 422
    assert "Choose at least one scope" in answer.content.decode()


def test_a_token_of_the_workspace(alice: Actor, bob: Actor) -> None:
    page = browser(alice).get(f"{URL}tokens/")
    role = next(key for key, name in page.context["token_form"].fields["role"].choices if name == "Member")
    said = {"name": "Deploy bot", "days": "30", "kind": "workspace", "role": role, "access": "read"}
    made = browser(alice).post(f"{URL}tokens/", said, headers=HTMX)
    assert made["Cache-Control"] == "no-store"
    assert "Program" in made.content.decode()
    held = tokens(alice)[0]
    assert (held.kind, held.scopes, held.user.is_program) == ("workspace", ["read"], True)
    assert "A token of the workspace" not in browser(bob).get(f"{URL}tokens/").content.decode()
    for refused in (said, said | {"role": ""}):
        assert browser(bob).post(f"{URL}tokens/", refused, headers=HTMX).status_code in (403, 422)
    assert browser(alice).post(f"{URL}tokens/", said | {"role": ""}, headers=HTMX).status_code == 422
    assert browser(alice).delete(f"{URL}tokens/{held.pk}/", headers=HTMX).status_code == 200
    assert len(tokens(alice)) == 1


def test_what_ends_is_marked(alice: Actor) -> None:
    now = timezone.now()
    for name, days in (("soon", 3), ("later", 30), ("over", -1)):
        token, _ = create_token(alice, name=name)
        with tenancy.workspace(alice.workspace.pk, atomic=True):
            AccessToken.objects.within(alice.workspace).filter(pk=token.pk).update(
                expires_at=now + timedelta(days=days)
            )
    page = browser(alice).get(f"{URL}tokens/").content.decode()
    assert (page.count("Expired"), page.count("days left")) == (1, 1)


def test_deleting_needs_the_address_typed(alice: Actor) -> None:
    client = browser(alice)
    for wrong in ("", "Acme", "acme ".upper(), "x" * 1_000_000, "\x00"):
        answer = client.post(f"{URL}deletion/", {"confirm": wrong}, headers=HTMX)
        assert answer.status_code == 422
        assert "confirm" in answer.context["delete_form"].errors
    answer = client.post(f"{URL}deletion/", {"confirm": "acme"}, headers=HTMX)
    assert answer["HX-Redirect"] == "/"
    assert client.get("/").url == "/workspaces/new/"


def test_eve_finds_nothing(alice: Actor, eve: Actor) -> None:
    client = browser(eve)
    token, _ = create_token(alice, name="alices")
    assert client.get(URL).status_code == 404
    for path in ("", "tokens/", f"tokens/{token.pk}/", "deletion/"):
        assert client.post(URL + path, {"name": "x", "confirm": "acme", "days": "30"}).status_code == 404
    assert client.delete(f"/w/globex/settings/tokens/{token.pk}/").status_code == 404
