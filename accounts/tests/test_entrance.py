"""Signing up, in and out, and the ways back in; every page of it wears our design."""

import re
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from workspaces.actor import Actor
from workspaces.tests.people import PASSWORD, browser, make_person

SIGNUP = {"name": "Anna", "email": "anna@example.com", "password1": "wobbly-lantern-42", "time_zone": "Europe/Vienna"}


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    """Rate limits count in the cache."""
    cache.clear()


def link() -> str:
    """The address in the newest mail."""
    found = re.search(r"https?://\S+", mail.outbox[-1].body)
    assert found
    return urlsplit(found[0]).path


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


@pytest.mark.django_db
def test_from_sign_up_to_a_workspace() -> None:
    client = Client()
    answer = client.post(reverse("account_signup"), SIGNUP)
    assert answer.url == reverse("account_email_verification_sent")
    assert not signed_in(client)
    page = client.get(answer.url).content.decode()
    assert "Check your mail" in page
    assert "Welcome to FlowBoard, Anna" in mail.outbox[0].body
    assert "confirm" in client.get(link()).content.decode().lower()
    assert client.post(link()).status_code == 302
    assert signed_in(client)
    user = User.objects.get(email="anna@example.com")
    assert (user.name, user.time_zone) == ("Anna", "Europe/Vienna")
    assert client.get("/").url == reverse("workspace_new")
    made = client.post(reverse("workspace_new"), {"name": "Anna & Co", "slug": ""})
    assert made.url == "/w/anna-co/"
    assert "Import from Trello" in client.get(made.url).content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""), ("name", "x" * 101), ("name", "x" * 1_000_000), ("name", "a\x00b"), ("email", "not an address"), ("email", ""),
        ("email", "x" * 300 + "@example.com"), ("password1", "short"), ("password1", "password"), ("password1", ""),
    ],
)  # fmt: skip
def test_sign_up_names_the_field_at_fault(field: str, value: str) -> None:
    answer = Client().post(reverse("account_signup"), SIGNUP | {field: value})
    assert answer.status_code == 200
    assert field in answer.context["form"].errors
    assert not User.objects.exists()


@pytest.mark.django_db
def test_an_unknown_time_zone_is_no_obstacle() -> None:
    Client().post(reverse("account_signup"), SIGNUP | {"time_zone": "Mars/Olympus"})
    assert User.objects.get().time_zone == "UTC"


def test_a_taken_address_is_not_told(alice: Actor) -> None:
    answer = Client().post(reverse("account_signup"), SIGNUP | {"email": "ALICE@example.com"})
    assert answer.url == reverse("account_email_verification_sent")
    assert "has an account already" in mail.outbox[0].body
    assert User.objects.count() == 1


def test_signing_in_and_out(alice: Actor) -> None:
    client = Client()
    answer = client.post(reverse("account_login"), {"login": "Alice@Example.com", "password": PASSWORD})
    assert answer.url == "/"
    assert client.get("/").url == "/w/acme/"
    assert client.post(reverse("account_logout")).url == "/"
    assert not signed_in(client)


def test_a_wrong_password_is_refused_and_limited(alice: Actor) -> None:
    client, wrong = Client(), {"login": "alice@example.com", "password": "nope"}
    for _ in range(5):
        assert "not correct" in client.post(reverse("account_login"), wrong).content.decode()
    answer = client.post(reverse("account_login"), wrong | {"password": PASSWORD})
    assert not signed_in(client)
    assert "Too many" in answer.content.decode()


@pytest.mark.parametrize("to", ["https://evil.example/", "//evil.example/x", "javascript:alert(1)", "/\\evil.example"])
def test_next_leads_nowhere_else(alice: Actor, to: str) -> None:
    credentials = {"login": "alice@example.com", "password": PASSWORD, "next": to}
    assert Client().post(f"{reverse('account_login')}", credentials).url == "/"
    assert browser(alice).post(reverse("account_logout"), {"next": to}).url == "/"


def test_next_leads_back_into_the_workspace(alice: Actor) -> None:
    asked = Client().get("/w/acme/members/")
    assert asked.url == f"{reverse('account_login')}?next=/w/acme/members/"
    credentials = {"login": "alice@example.com", "password": PASSWORD, "next": "/w/acme/members/"}
    assert Client().post(reverse("account_login"), credentials).url == "/w/acme/members/"


def test_a_password_can_be_reset_once(alice: Actor) -> None:
    client = Client()
    assert client.post(reverse("account_reset_password"), {"email": "alice@example.com"}).status_code == 302
    first = link()
    form = client.get(first, follow=True)
    where = form.redirect_chain[-1][0]
    assert "Choose a new password" in form.content.decode()
    new = {"password1": "wobbly-lantern-42", "password2": "wobbly-lantern-42"}
    assert client.post(where, new).url == reverse("account_reset_password_from_key_done")
    assert "was reset" in mail.outbox[-1].subject
    assert (
        Client().post(reverse("account_login"), {"login": "alice@example.com", "password": PASSWORD}).status_code == 200
    )
    again = Client().get(first, follow=True)
    assert "no longer works" in again.content.decode()


@pytest.mark.django_db
def test_a_reset_asks_the_database_as_often_for_nobody(alice: Actor) -> None:
    """The time of the answer tells nothing either; bin/bench entrance measures it."""
    asked = []
    for email in (alice.user.email, "nobody@example.com"):
        with CaptureQueriesContext(connection) as queries:
            assert Client().post(reverse("account_reset_password"), {"email": email}).status_code == 302
        asked.append(len(queries))
    assert asked[0] == asked[1] > 0


@pytest.mark.django_db
def test_a_reset_for_nobody_tells_only_the_mail() -> None:
    answer = Client().post(reverse("account_reset_password"), {"email": "nobody@example.com"})
    assert answer.url == reverse("account_reset_password_done")
    assert "no account has this address" in mail.outbox[0].body


def test_changing_the_password_keeps_one_signed_in(alice: Actor) -> None:
    client = browser(alice)
    new = {"oldpassword": PASSWORD, "password1": "wobbly-lantern-42", "password2": "wobbly-lantern-42"}
    assert client.post(reverse("account_change_password"), new).status_code == 302
    assert signed_in(client)
    assert "was changed" in mail.outbox[0].subject


def test_an_unconfirmed_person_is_not_let_in(alice: Actor) -> None:
    alice.user.emailaddress_set.update(verified=False)
    client = Client()
    answer = client.post(reverse("account_login"), {"login": "alice@example.com", "password": PASSWORD})
    assert answer.url == reverse("account_email_verification_sent")
    assert not signed_in(client)


PUBLIC = ["account_login", "account_signup", "account_reset_password", "account_reset_password_done", "account_reset_password_from_key_done",
          "account_inactive", "account_email_verification_sent"]  # fmt: skip
OWN = ["account_logout", "account_email", "account_change_password", "account_reauthenticate"]


@pytest.mark.django_db
@pytest.mark.parametrize("name", PUBLIC)
def test_public_pages_wear_our_design(name: str) -> None:
    wears(Client().get(reverse(name), follow=True).content.decode())


@pytest.mark.parametrize("name", OWN)
def test_own_pages_wear_our_design(alice: Actor, name: str) -> None:
    wears(browser(alice).get(reverse(name), follow=True).content.decode())


def test_choosing_a_first_password(alice: Actor) -> None:
    alice.user.set_unusable_password()
    alice.user.save()
    wears(browser(alice).get(reverse("account_set_password")).content.decode())


@pytest.mark.django_db
def test_a_broken_confirmation_link_says_so() -> None:
    page = Client().get(reverse("account_confirm_email", args=["no-such-key"])).content.decode()
    wears(page)
    assert "no longer works" in page


@pytest.mark.django_db
def test_too_many_tries_are_told_in_our_design() -> None:
    client = Client()
    for _ in range(21):
        answer = client.post(reverse("account_signup"), {})
    assert answer.status_code == 429
    wears(answer.content.decode())


def wears(page: str) -> None:
    """The card of the gate, and neither script nor style that the policy would refuse."""
    assert 'class="gate-card' in page
    assert "FlowBoard" in page
    assert not re.search(r"<style|style=\"|onclick=|<script(?![^>]*(nonce|type=\"importmap\"))", page)


def test_people_with_no_workspace_come_to_name_one(db: None) -> None:
    user = make_person("Zoe")
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.get("/").url == reverse("workspace_new")
    assert client.get(reverse("profile")).status_code == 200
