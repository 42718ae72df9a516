"""Where somebody is signed in, and how that ends."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.cached_db import SessionStore
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import sessions
from accounts.devices import device
from accounts.models import User
from workspaces.actor import Actor
from workspaces.tests.people import PASSWORD

from .signing import FIREFOX, app_code, enters, give_app, is_in, mailed
from .test_entrance import fresh_limits  # noqa: F401

URL = reverse("own_sessions")
CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
)
NEW = {"oldpassword": PASSWORD, "password1": "wobbly-lantern-42", "password2": "wobbly-lantern-42"}


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (FIREFOX, "Firefox on Linux"), (CHROME, "Chrome on Windows"), (f"{CHROME} Edg/142.0.0.0", "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.0 Safari/605.1.15", "Safari on macOS"),
        ("curl/8.5.0", "curl"), ("", "Unknown device"), ("<script>alert(1)</script>", "Unknown device"),
    ],
)  # fmt: skip
def test_a_browser_in_words(agent: str, words: str) -> None:
    assert device(agent) == words


def by_password(client: Client, person: User) -> None:
    client.post(reverse("account_login"), {"login": person.email, "password": PASSWORD})


def by_code(client: Client, person: User) -> None:
    client.post(reverse("account_request_login_code"), {"email": person.email})
    client.post(reverse("account_confirm_login_code"), {"code": mailed(person.email, r"\b[A-Z]{4}-[A-Z]{4}\b")})


def by_app(client: Client, person: User) -> None:
    give_app(person)
    by_password(client, person)
    client.post(reverse("mfa_authenticate"), {"code": app_code()})


@pytest.mark.parametrize("enter", [by_password, by_code, by_app])
def test_a_session_that_somebody_planted_is_never_signed_in(
    alice: Actor, enter: Callable[[Client, User], None]
) -> None:
    """A stranger has put the id of a session of theirs into her browser, and waits."""
    theirs = SessionStore()
    theirs["planted"] = True
    theirs.create()
    client, stranger = Client(), Client()
    for one in (client, stranger):
        one.cookies["sessionid"] = theirs.session_key
    enter(client, alice.user)
    assert is_in(client)
    assert client.cookies["sessionid"].value != theirs.session_key
    assert not is_in(stranger)
    assert not Session.objects.filter(session_key=theirs.session_key).exists()


def test_the_cookies_of_a_public_address_travel_by_https_alone(alice: Actor, settings: Any) -> None:
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = (
        True  # what HTTPS=true sets: test_production_is_clean
    )
    client = Client()
    client.get(reverse("account_login"), secure=True)
    client.post(reverse("account_login"), {"login": alice.user.email, "password": PASSWORD}, secure=True)
    assert client.get("/w/acme/", secure=True).status_code == 200
    assert {"sessionid", "csrftoken", "workspace"} <= client.cookies.keys()
    for name, cookie in client.cookies.items():
        assert cookie["secure"] and cookie["samesite"] == "Lax", name
        assert cookie["httponly"] or name == "csrftoken"  # no secret to the page, whose forms hold it too


def test_sessions_are_listed_and_ended_one_by_one_and_all_others(alice: Actor) -> None:
    here, there, elsewhere = (enters(alice.user, user_agent=agent) for agent in (FIREFOX, CHROME, "curl/8"))
    page = here.get(URL).content.decode()
    assert page.count("This device") == 1 and "Chrome on Windows" in page and "127.0.0.1" in page
    row = UserSession.objects.get(user_agent=CHROME)
    here.post(URL, {"session": row.pk})
    assert not is_in(there)
    assert is_in(elsewhere)
    here.post(URL, {})
    assert not is_in(elsewhere)
    assert is_in(here)
    assert UserSession.objects.filter(user=alice.user).count() == 1


@pytest.mark.parametrize("which", ["0", "x", "9" * 30, "-1"])
def test_nobody_ends_what_is_not_theirs(alice: Actor, eve: Actor, which: str) -> None:
    hers, his = enters(alice.user), enters(eve.user)
    for session in (which, str(UserSession.objects.get(user=alice.user).pk)):
        assert his.post(URL, {"session": session}).url == URL
    assert is_in(hers)


def test_a_new_password_signs_out_everywhere_else(alice: Actor) -> None:
    here, there = enters(alice.user), enters(alice.user)
    assert here.post(reverse("account_change_password"), NEW).url == reverse("own_security")
    assert is_in(here)
    assert not is_in(there)
    assert UserSession.objects.filter(user=alice.user).count() == 1


def test_last_seen_is_true_to_the_minute_without_a_write_on_every_request(
    alice: Actor, django_assert_num_queries
) -> None:
    client = enters(alice.user)
    row = UserSession.objects.filter(user=alice.user)
    row.update(last_seen_at=timezone.now() - timedelta(hours=1))
    sessions._asked.clear()
    client.get(URL)
    seen = row.get().last_seen_at
    assert timezone.now() - seen < timedelta(minutes=1)
    client.get(URL)
    sessions._asked.clear()
    client.get(URL)
    assert row.get().last_seen_at == seen


def test_what_was_ended_does_not_come_back_out_of_the_cache(alice: Actor) -> None:
    """Redis was away when the session ended: its copy in the cache outlived the row."""
    client = enters(alice.user)
    key = client.session.session_key
    assert is_in(client)
    Session.objects.filter(session_key=key).delete()
    UserSession.objects.filter(session_key=key).delete()
    sessions._asked.clear()
    assert not is_in(client)
