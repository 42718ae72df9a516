"""Signing in with an account elsewhere, against a provider that speaks OpenID Connect on the wire."""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from allauth.mfa.totp.internal.auth import TOTP
from allauth.socialaccount.models import SocialAccount
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.models import User
from workspaces.actor import Actor
from workspaces.tests.people import PASSWORD

from .provider import Provider, provider
from .signing import SECRET, enters, is_in, noted, proves
from .test_entrance import fresh_limits  # noqa: F401

LOGIN = "/accounts/oidc/oidc/login/"


@pytest.fixture
def elsewhere(settings: Any) -> Iterator[Provider]:
    with provider() as up:
        settings.SOCIALACCOUNT_PROVIDERS = up.settings()
        yield up


def through(client: Client, login: str = LOGIN) -> Any:
    """From our button by our page to the provider, who sends back at once."""
    leaving = client.post(login)
    to = re.search(r'http-equiv="refresh" content="0;url=([^"]+)"', leaving.content.decode())
    assert to, leaving.status_code
    back = urlsplit(requests.get(unescape(to[1]), allow_redirects=False, timeout=5).headers["Location"])
    return client.get(f"{back.path}?{back.query}")


def test_a_first_sign_in_makes_an_account(db: None, elsewhere: Provider) -> None:
    client = Client()
    assert "Continue with Acme login" in client.get(reverse("account_login")).content.decode()
    assert "Continue with Acme login" in client.get(reverse("account_signup")).content.decode()
    assert through(client).url == "/"
    user = User.objects.get(email="ann@example.com")
    assert user.name == "Ann Elsewhere" and not user.has_usable_password()
    assert is_in(client)
    assert ("in", "oidc") in noted(user)


def test_a_verified_address_opens_the_account_that_has_it(alice: Actor, elsewhere: Provider) -> None:
    elsewhere.claims |= {"email": "alice@example.com"}
    client = Client()
    assert through(client).url == "/"
    assert client.session["_auth_user_id"] == str(alice.user.pk)
    assert SocialAccount.objects.get().user == alice.user
    assert enters(alice.user).get(reverse("profile")).status_code == 200  # the password still holds


@pytest.mark.parametrize("verified", [False, "false", None, 0, "yes", 1])
def test_an_unverified_address_takes_over_nothing(alice: Actor, elsewhere: Provider, verified: Any) -> None:
    elsewhere.claims |= {"email": "alice@example.com", "email_verified": verified}
    client = Client()
    through(client)
    assert not is_in(client)
    assert not SocialAccount.objects.exists()
    assert User.objects.count() == 1
    assert "has an account already" in mail.outbox[-1].body


def test_the_second_factor_is_asked_for_all_the_same(alice: Actor, elsewhere: Provider) -> None:
    TOTP.activate(alice.user, SECRET)
    elsewhere.claims |= {"email": "alice@example.com"}
    client = Client()
    assert through(client).url == reverse("mfa_authenticate")
    assert not is_in(client)


def test_connecting_and_disconnecting(alice: Actor, eve: Actor, elsewhere: Provider) -> None:
    client, connections = proves(enters(alice.user)), reverse("socialaccount_connections")
    assert "Acme login" in client.get(reverse("own_security")).content.decode()
    assert through(client, f"{LOGIN}?process=connect").url == reverse("own_security")
    assert "ann@example.com" in client.get(reverse("own_security")).content.decode()
    assert "was connected" in mail.outbox[-1].body
    stranger = Client()
    through(stranger)
    assert stranger.session["_auth_user_id"] == str(alice.user.pk)
    other = proves(enters(eve.user))
    through(other, f"{LOGIN}?process=connect")
    assert SocialAccount.objects.get().user == alice.user
    other.post(connections, {"account": SocialAccount.objects.get().pk})
    assert SocialAccount.objects.exists()
    client.post(connections, {"account": SocialAccount.objects.get().pk})
    assert not SocialAccount.objects.exists()
    assert {("changed", "oidc connected"), ("changed", "oidc disconnected")} <= set(noted(alice.user))


def test_the_only_way_in_stays(db: None, elsewhere: Provider) -> None:
    client = Client()
    through(client)
    client.post(reverse("socialaccount_connections"), {"account": SocialAccount.objects.get().pk})
    assert SocialAccount.objects.exists()
    assert "choose a password first" in client.get(reverse("own_security")).content.decode()


def test_without_an_address_one_is_asked_for(db: None, elsewhere: Provider) -> None:
    del elsewhere.claims["email"]
    client = Client()
    assert through(client).url == reverse("socialaccount_signup")
    assert "Ann Elsewhere" in client.get(reverse("socialaccount_signup")).content.decode()
    client.post(
        reverse("socialaccount_signup"), {"name": "Ann", "email": "ann@example.com", "time_zone": "Europe/Vienna"}
    )
    assert not is_in(client)  # until the address is confirmed
    assert User.objects.get().name == "Ann"


@pytest.mark.parametrize("what", ["token", "userinfo"])
def test_a_provider_that_fails_is_told_of(db: None, elsewhere: Provider, what: str) -> None:
    elsewhere.broken = {what}
    client = Client()
    answer = through(client)
    assert answer.status_code in (401, 503)
    assert 'class="gate-card' in answer.content.decode()
    assert not User.objects.exists()


def test_a_provider_that_is_away_is_told_of(db: None, settings: Any) -> None:
    with provider() as gone:
        settings.SOCIALACCOUNT_PROVIDERS = gone.settings()
    answer = Client().post(LOGIN)
    assert answer.status_code == 503
    assert "does not answer" in answer.content.decode()


def test_an_answer_that_nobody_asked_for_is_refused(alice: Actor, elsewhere: Provider) -> None:
    elsewhere.claims |= {"email": "alice@example.com"}
    client = Client()
    for query in ("", "?code=x&state=y", "?error=server_error&state=y", "?code=x"):
        answer = client.get(f"{LOGIN}callback/{query}")
        assert answer.status_code == 401, query
        assert 'class="gate-card' in answer.content.decode()
    assert not is_in(client)


def test_a_look_does_not_leave(db: None, elsewhere: Provider) -> None:
    assert "Sign in with Acme login?" in Client().get(LOGIN).content.decode()
    assert Client().get("/accounts/oidc/unknown/login/").status_code == 404
    assert Client().post("/accounts/google/login/").status_code == 404


@pytest.mark.parametrize(
    "path", ["oidc/oidc/login/", "google/login/", "google/login/callback/", "github/login/", "3rdparty/", "3rdparty/signup/", "3rdparty/login/error/"]
)  # fmt: skip
def test_without_providers_there_is_nothing(alice: Actor, path: str) -> None:
    for client in (Client(), enters(alice.user, PASSWORD)):
        assert client.get(f"/accounts/{path}").status_code == 404
    assert "Continue with" not in Client().get(reverse("account_login")).content.decode()
