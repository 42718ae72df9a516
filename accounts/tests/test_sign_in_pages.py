"""Every page of sign-in that can be reached wears our design, and none is a library's own."""

import re
from pathlib import Path

import allauth
import pytest
from django.template.loader import get_template
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.models import User
from workspaces.actor import Actor
from workspaces.tests.people import PASSWORD

from .test_entrance import fresh_limits  # noqa: F401

ARGUMENTS = {"provider_id": "oidc", "uidb36": "1", "key": "none", "pk": 1}


def entrance(patterns: list[URLPattern | URLResolver], names: set[str]) -> set[str]:
    """The names of all addresses below /accounts/."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            entrance(pattern.url_patterns, names)
        elif pattern.name:
            names.add(pattern.name)
    return names


def below_accounts() -> list[str]:
    (found,) = [one for one in get_resolver().url_patterns if str(one.pattern) == "accounts/"]
    return sorted(entrance(found.url_patterns, set()))


def signed_in(user: User) -> Client:
    """By the form, so that the session knows how, and reauthentication is fresh."""
    client = Client()
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return client


def address(name: str) -> str:
    pattern = next(one for one in get_resolver().reverse_dict.getlist(name))
    wanted = pattern[0][0][1]
    return reverse(name, kwargs={argument: ARGUMENTS[argument] for argument in wanted})


def test_there_are_many_addresses() -> None:
    assert len(below_accounts()) > 35


def test_each_address_wears_our_design_for_a_stranger(db: None) -> None:
    for name in below_accounts():
        dressed(name, Client().get(address(name), follow=True).content.decode())


def test_each_address_wears_our_design_for_whoever_is_signed_in(alice: Actor) -> None:
    client = signed_in(alice.user)
    for name in below_accounts():
        dressed(name, client.get(address(name), follow=True).content.decode())


def dressed(name: str, page: str) -> None:
    """One of our three frames, and nothing that the policy would refuse."""
    assert re.search(r'class="(gate-card|start)|id="main"', page), name
    assert not re.search(r"<style|style=\"|onclick=|data-allauth|<script(?![^>]*(nonce|application/json))", page), name


@pytest.mark.parametrize("folder", ["account", "mfa", "socialaccount", "usersessions"])
def test_no_template_of_the_library_can_be_reached(settings, folder: str) -> None:
    """Those that a view of ours could render; parts of them, and telephone numbers, aside."""
    theirs = Path(allauth.__file__).parent / "templates" / folder
    aside = re.compile(
        r"(^|/)(base\w*|snippets/.*|\w*phone\w*|trust|signup_by_passkey|signup_form|password_reset_code_\w+)\.?"
    )
    for path in sorted(theirs.rglob("*.*")):
        name = str(path.relative_to(theirs))
        if not aside.search(name):
            assert str(settings.BASE_DIR) in get_template(f"{folder}/{name}").origin.name, name
            assert "site-packages" not in get_template(f"{folder}/{name}").origin.name, name
