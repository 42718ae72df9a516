"""Guessing passwords: one account, many accounts, many addresses; and nobody is locked out by somebody else's guesses."""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache, caches
from django.db import connection
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from accounts import guesses
from accounts.models import Guess, SignIn
from flowboard.limits import EntranceLimits
from workspaces.actor import Actor
from workspaces.tests.people import PASSWORD, browser, make_person

HOME, OFFICE, EVIL = "198.51.100.1", "198.51.100.2", "203.0.113.66"


@pytest.fixture(autouse=True)
def fresh_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test counts from nothing."""
    monkeypatch.setattr(EntranceLimits, "closed", False)
    cache.clear()


def try_password(address: str, password: str, email: str = "alice@example.com") -> Any:
    said = {"login": email, "password": password}
    return Client(REMOTE_ADDR=address).post(reverse("account_login"), said)


def gets_in(address: str, email: str = "alice@example.com") -> bool:
    return bool(try_password(address, PASSWORD, email).status_code == 302)


def test_one_account_many_passwords(alice: Actor) -> None:
    answers = [try_password(EVIL, f"guess-{number}") for number in range(20)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429] * 15
    assert 800 < int(answers[-1]["Retry-After"]) <= 900
    page = answers[-1].content.decode()
    assert "A little slower, please" in page
    assert "Wait 15 minutes" in page
    assert SignIn.objects.filter(outcome="failed").count() == 5
    assert not gets_in(EVIL)  # the right one is not looked at either
    assert gets_in(HOME)


def test_one_account_many_addresses(alice: Actor) -> None:
    assert gets_in(HOME)
    answers = [try_password(f"203.0.113.{number}", "guess").status_code for number in range(40)]
    assert answers == [200] * 10 + [429] * 30
    assert gets_in(HOME)
    assert not gets_in(OFFICE)  # a stranger's address: another way in is open there
    assert Client(REMOTE_ADDR=OFFICE).post(
        reverse("account_request_login_code"), {"email": "alice@example.com"}
    ).status_code == 302  # fmt: skip


def test_many_accounts_one_password(alice: Actor, bob: Actor) -> None:
    assert gets_in(OFFICE, "bob@example.com")
    answers = [try_password(OFFICE, "Summer2026", f"p{number}@example.com").status_code for number in range(60)]
    assert answers == [200] * 50 + [429] * 10
    assert not gets_in(OFFICE)
    assert gets_in(OFFICE, "bob@example.com")  # who belongs there is not locked out by a neighbour
    assert gets_in(HOME)


def test_a_right_password_is_no_guess(alice: Actor) -> None:
    for _ in range(12):
        assert gets_in(HOME)
    assert Guess.objects.count() == 0


def test_what_is_old_counts_no_more(alice: Actor) -> None:
    for _ in range(6):
        try_password(EVIL, "guess")
    Guess.objects.update(at=timezone.now() - guesses.WINDOW)
    assert try_password(EVIL, "guess").status_code == 200
    Guess.objects.update(at=timezone.now() - timedelta(days=2))
    guesses.forget_old()
    assert Guess.objects.count() == 0


def test_a_new_password_by_mail_ends_the_waiting(alice: Actor) -> None:
    for _ in range(6):
        try_password(EVIL, "guess")
    guesses.forget("Alice@example.com")
    assert gets_in(EVIL)


def test_programs_are_told_in_a_problem(alice: Actor) -> None:
    said = {"email": "alice@example.com", "password": "guess"}
    answers = [
        Client(REMOTE_ADDR=EVIL).post("/api/v1/auth/sign-in/", said, content_type="application/json") for _ in range(6)
    ]
    assert [answer.status_code for answer in answers] == [401] * 5 + [429]
    assert answers[-1]["Content-Type"] == "application/problem+json"
    assert "Too many wrong passwords" in answers[-1].json()["detail"]
    assert int(answers[-1]["Retry-After"]) > 800


def test_the_password_asked_once_more_counts_too(alice: Actor) -> None:
    client = browser(alice)
    client.defaults["REMOTE_ADDR"] = EVIL
    SignIn.objects.all().delete()  # nobody has signed in from there
    for _ in range(5):
        client.post(reverse("account_reauthenticate"), {"password": "guess"})
    assert client.post(reverse("account_reauthenticate"), {"password": PASSWORD}).status_code == 429


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_at_the_same_moment_no_more_than_ten() -> None:
    make_person("Alice")

    assert at_once(40, lambda number: (f"203.0.113.{number}", "alice@example.com")) == 10


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_at_the_same_moment_no_more_than_fifty_accounts() -> None:
    assert at_once(80, lambda number: (EVIL, f"somebody-{number}@example.com")) == 50


def at_once(times: int, whom: Callable[[int], tuple[str, str]]) -> int:
    """How many guesses are looked at, of as many at once as there are threads."""

    def guess(number: int) -> bool:
        address, email = whom(number)
        try:
            guesses.take(RequestFactory().post("/", REMOTE_ADDR=address), email)
        except guesses.TooManyTries:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(8) as threads:
        return sum(threads.map(guess, range(times)))


@pytest.mark.django_db
def test_mails_are_sent_five_times_a_quarter_of_an_hour_to_one_address() -> None:
    def ask(number: int) -> int:
        said = {"email": "nobody@example.com"}
        return Client(REMOTE_ADDR=f"203.0.113.{number}").post(reverse("account_reset_password"), said).status_code

    assert [ask(number) for number in range(7)] == [302] * 5 + [429] * 2


@pytest.mark.django_db
def test_sign_ups_of_one_address() -> None:
    client = Client(REMOTE_ADDR=EVIL)
    answers = [client.post(reverse("account_signup"), {"email": f"x{number}"}) for number in range(21)]
    assert [answer.status_code for answer in answers] == [200] * 20 + [429]
    assert 0 < int(answers[-1]["Retry-After"]) <= 60
    assert Client(REMOTE_ADDR=HOME).post(reverse("account_signup"), {"email": "x"}).status_code == 200


@pytest.mark.django_db
def test_sign_ups_with_one_mailbox() -> None:
    """Each sends it a mail, also where there is an account already."""

    def ask(number: int) -> int:
        said = {"email": "Victim@example.com"}
        return Client(REMOTE_ADDR=f"203.0.113.{number}").post(reverse("account_signup"), said).status_code

    assert [ask(number) for number in range(7)] == [200] * 5 + [429] * 2


def test_without_redis_the_entrance_is_closed_and_the_house_is_open(
    alice: Actor, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    client = browser(alice)
    gone = type(caches["limits"])("redis://127.0.0.1:1", {})
    monkeypatch.setattr(caches._connections, "limits", gone, raising=False)
    try:
        caplog.set_level(logging.WARNING)
        for _ in range(3):
            answer = try_password(HOME, PASSWORD)
            assert (answer.status_code, answer["Retry-After"]) == (503, "5")
            assert "Nobody can sign in" in answer.content.decode()
        said = {"email": "alice@example.com", "password": PASSWORD}
        problem = Client().post("/api/v1/auth/sign-in/", said, content_type="application/json")
        assert (problem.status_code, problem["Content-Type"]) == (503, "application/problem+json")
        assert client.get("/w/acme/").status_code == 200
        assert client.post("/w/acme/invitations/", {"emails": "ann@example.com", "role": "member"}).status_code == 302
        assert Client().get(reverse("account_login")).status_code == 200
    finally:
        type(gone).quiet_until = 0.0
    assert len([line for line in caplog.records if "nobody can sign in" in line.getMessage()]) == 1
