"""Ways in and what guards them: code by mail, authenticator app, recovery codes, passwords, addresses."""

import re
from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.password_validation import validate_password
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from accounts.models import User
from workspaces.actor import Actor
from workspaces.tests.people import PASSWORD

from .signing import app_code, enters, give_app, is_in, mailed, noted, proves, recovery_codes
from .test_entrance import fresh_limits  # noqa: F401

CODE, CONFIRM, FACTOR = (reverse(name) for name in ("account_request_login_code", "account_confirm_login_code", "mfa_authenticate"))  # fmt: skip
SHAPE = r"\b[A-Z]{4}-[A-Z]{4}\b"
NEW = "wobbly-lantern-42"


@pytest.mark.parametrize(
    "password",
    [
        "password123", "qwertyuiop", "1q2w3e4r5t", "P@ssw0rd!", "Summer2024!", "aaaaaaaaaa", "abcdefgh1", "flowboard1", "flowboard-1",
        "annaexample", "anna1987", "drowssap1", "12345678901", "letmein2026",
    ],
)  # fmt: skip
def test_what_is_tried_first_is_no_password(password: str) -> None:
    with pytest.raises(ValidationError):
        validate_password(password, User(name="Anna Example", email="anna@example.com"))


@pytest.mark.parametrize(
    "password", [NEW, "correct horse battery 9", "x7#kQp2vLm", "пять слов на столе", "x" * 5 + "wobbly lantern" * 5]
)
def test_others_are(password: str) -> None:
    validate_password(password, User(name="Anna Example", email="anna@example.com"))


def test_a_code_by_mail_signs_in_once(alice: Actor) -> None:
    client = Client()
    assert client.post(CODE, {"email": "alice@example.com"}).url == CONFIRM
    link, code = mailed("alice@example.com"), mailed("alice@example.com", SHAPE)
    assert f'value="{code}"' in client.get(link).content.decode()
    assert client.post(CONFIRM, {"code": code.lower().replace("-", " ")}).url == "/"
    assert is_in(client)
    assert noted(alice.user) == [("in", "code")]
    assert Client().get(link).url == CODE  # another browser never asked for it
    again = Client()
    again.post(CODE, {"email": "alice@example.com"})
    again.post(CONFIRM, {"code": code})
    assert not is_in(again)


def test_three_wrong_codes_end_it_and_a_new_one_replaces_the_old(alice: Actor) -> None:
    client = Client()
    client.post(CODE, {"email": "alice@example.com"})
    old = mailed("alice@example.com", SHAPE)
    assert client.post(CONFIRM, {"action": "resend"}).url == CONFIRM
    new = mailed("alice@example.com", SHAPE)
    assert old != new
    assert "not the code" in client.post(CONFIRM, {"code": old}).content.decode()
    client.post(CONFIRM, {"code": "BBBB-BBBB"})
    assert client.post(CONFIRM, {"code": "BBBB-BBBB"}).url == CODE
    client.post(CONFIRM, {"code": new})
    assert not is_in(client)
    assert noted(alice.user) == [("failed", "code")] * 3


def test_a_code_is_late_after_a_quarter_of_an_hour(alice: Actor, settings) -> None:
    client = Client()
    client.post(CODE, {"email": "alice@example.com"})
    settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT = -1
    client.post(CONFIRM, {"code": mailed("alice@example.com", SHAPE)})
    assert not is_in(client)


@pytest.mark.parametrize("name", ["account_request_login_code", "account_reset_password"])
def test_nobody_learns_who_has_an_account(alice: Actor, name: str) -> None:
    answers = []
    for address in ("alice@example.com", "nobody@example.com"):
        answer = Client().post(reverse(name), {"email": address}, follow=True)
        page = answer.content.decode().replace(address, "")
        answers.append((answer.redirect_chain, re.sub(r"[\w-]{20,}", "", page)))  # neither nonces nor CSRF tokens
    assert answers[0] == answers[1]
    assert "no account has this address" in mail.outbox[-1].body


def test_the_app_is_asked_for_and_a_code_of_it_works_once(alice: Actor) -> None:
    give_app(alice.user)
    client = Client()
    assert client.post(reverse("account_login"), {"login": alice.user.email, "password": PASSWORD}).url == FACTOR
    assert not is_in(client)
    assert "not accepted" in client.post(FACTOR, {"code": "000000"}).content.decode()
    code = app_code()
    assert client.post(FACTOR, {"code": code}).url == "/"
    assert is_in(client)
    other = enters(alice.user)
    other.post(FACTOR, {"code": code})
    assert not is_in(other)
    assert noted(alice.user)[:2] == [("failed", "authenticator app"), ("in", "password + authenticator app")]


def test_also_behind_a_code_by_mail(alice: Actor) -> None:
    give_app(alice.user)
    client = Client()
    client.post(CODE, {"email": alice.user.email})
    assert client.post(CONFIRM, {"code": mailed(alice.user.email, SHAPE)}).url == FACTOR
    assert not is_in(client)


def test_a_recovery_code_works_once_and_is_struck_out(alice: Actor) -> None:
    give_app(alice.user)
    code = recovery_codes(alice.user)[3]
    client = enters(alice.user)
    client.post(FACTOR, {"code": f"{code[:4]} {code[4:]}"})
    assert is_in(client)
    other = enters(alice.user)
    other.post(FACTOR, {"code": code})
    assert not is_in(other)
    page = proves(client).get(reverse("mfa_view_recovery_codes")).content.decode()
    assert f"<s>{code[:4]} {code[4:]}</s>" in page
    assert "9 of 10 left" in page
    download = client.get(reverse("mfa_download_recovery_codes"))
    assert "attachment" in download["Content-Disposition"]
    assert code not in download.content.decode()
    client.post(reverse("mfa_generate_recovery_codes"))
    assert len(recovery_codes(alice.user)) == 10 and code not in recovery_codes(alice.user)


def test_setting_up_and_switching_off_asks_for_the_password_first(alice: Actor) -> None:
    client, setup = enters(alice.user), reverse("mfa_activate_totp")
    assert client.get(setup).url.startswith(reverse("account_reauthenticate"))
    page = proves(client).get(setup).content.decode()
    assert 'src="data:image/svg+xml;base64,' in page
    assert "not accepted" in client.post(setup, {"code": "000000"}).content.decode()
    secret = client.session["mfa.totp.secret"]
    assert client.post(setup, {"code": app_code(secret)}).url == reverse("mfa_view_recovery_codes")
    kept = Authenticator.objects.get(user=alice.user, type="totp").data["secret"]
    assert secret not in kept
    security = client.get(reverse("own_security")).content.decode()
    assert "10 of 10 left" in security and "Switch off" in security
    assert client.post(reverse("mfa_deactivate_totp")).url == reverse("mfa_index")
    assert not Authenticator.objects.filter(user=alice.user).exists()
    assert "was switched off" in mail.outbox[-1].body
    assert ("changed", "authenticator app") in noted(alice.user)


def test_secrets_open_with_an_earlier_key(alice: Actor, settings) -> None:
    give_app(alice.user)
    code = app_code()
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another" * 8, [settings.SECRET_KEY]
    client = enters(alice.user)
    client.post(FACTOR, {"code": code})
    assert is_in(client)


def test_a_program_and_an_erased_person_do_not_sign_in(alice: Actor) -> None:
    User.objects.filter(pk=alice.user.pk).update(is_program=True)
    assert not is_in(enters(alice.user))


def test_failures_are_noted_also_for_nobody(alice: Actor) -> None:
    Client().post(reverse("account_login"), {"login": "nobody@example.com", "password": "x"})
    enters(alice.user, "wrong")
    assert noted(email="nobody@example.com") == [("failed", "password")]
    assert noted(email="alice@example.com") == [("failed", "password")]
    enters(alice.user).post(reverse("account_logout"))
    assert noted(alice.user) == [("in", "password"), ("out", "")]


def asked_for(client: Client, address: str = "alice@new.example") -> None:
    proves(client).post(reverse("account_email"), {"email": address})


def test_an_address_changes_when_both_mailboxes_have_agreed(alice: Actor) -> None:
    client = enters(alice.user)
    assert client.post(reverse("account_email"), {"email": "alice@new.example"}).url.startswith(
        reverse("account_reauthenticate")
    )
    asked_for(client)
    assert "Waiting for both" in client.get(reverse("account_email")).content.decode()
    assert [one.to for one in mail.outbox] == [["alice@example.com"]]
    first, stranger = mailed("alice@example.com"), Client()
    assert "Change your address?" in stranger.get(first).content.decode()
    assert len(mail.outbox) == 1  # looking at a link does nothing
    stranger.post(first)
    second = mailed("alice@new.example")
    assert User.objects.get(pk=alice.user.pk).email == "alice@example.com"
    assert "Your address is changed" in stranger.post(second).content.decode()
    assert User.objects.get(pk=alice.user.pk).email == "alice@new.example"
    assert list(alice.user.emailaddress_set.values_list("email", "verified", "primary")) == [
        ("alice@new.example", True, True)
    ]
    assert "to alice@new.example" in mail.outbox[-1].body and mail.outbox[-1].to == ["alice@example.com"]
    assert stranger.post(first).status_code == stranger.post(second).status_code == 410
    assert ("changed", "address") in noted(alice.user)
    assert "Waiting" not in client.get(reverse("account_email")).content.decode()


def test_a_new_password_ends_a_change_that_was_asked_for(alice: Actor) -> None:
    client = enters(alice.user)
    asked_for(client)
    link = mailed("alice@example.com")
    client.post(reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})
    assert Client().post(link).status_code == 410


def test_an_address_of_somebody_else_is_neither_taken_nor_told(alice: Actor, eve: Actor) -> None:
    client = enters(alice.user)
    asked_for(client, "eve@example.com")
    page = client.get(reverse("account_email")).content.decode()
    assert "Waiting for both" in page
    Client().post(mailed("alice@example.com"))
    assert "has an account already" in mail.outbox[-1].body and mail.outbox[-1].to == ["eve@example.com"]
    assert User.objects.get(pk=alice.user.pk).email == "alice@example.com"


def test_a_made_up_link_is_no_link(db: None) -> None:
    assert Client().post(reverse("email_change", args=["made:up:link"])).status_code == 410


def test_support_changes_the_address_of_a_lost_mailbox(alice: Actor, eve: Actor) -> None:
    call_command("change_email", "ALICE@example.com", "Alice@new.example", stdout=StringIO())
    assert is_in(enters(User.objects.get(email="alice@new.example")))
    for old, new in (("nobody@example.com", "x@example.com"), ("alice@new.example", "eve@example.com")):
        with pytest.raises(CommandError):
            call_command("change_email", old, new)
    assert User.objects.get(pk=alice.user.pk).email == "alice@new.example"
