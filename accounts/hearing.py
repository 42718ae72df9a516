"""What allauth announces of sign-ins becomes rows of SignIn; connected in flowboard/apps.py."""

from typing import Any

from allauth.account import signals as account
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.models import EmailAddress
from allauth.mfa import signals as factor
from allauth.mfa.models import Authenticator
from allauth.socialaccount import signals as social
from allauth.socialaccount.models import SocialAccount, SocialLogin
from allauth.usersessions.internal.flows.sessions import end_other_sessions
from django.contrib.auth.signals import user_logged_out
from django.dispatch import Signal
from django.http import HttpRequest

from . import actions, guesses, sessions
from .models import User

FACTORS = {"totp": "authenticator app", "webauthn": "passkey", "recovery_codes": "recovery codes"}


def signed_in(request: HttpRequest, user: User, **_: Any) -> None:
    """By which ways, in their order: `password + authenticator app`."""
    records = [record for record in get_authentication_records(request, user) if not record.get("reauthenticated")]
    actions.note_sign_in(request, "in", user=user, method=" + ".join(dict.fromkeys(map(way, records)))[:40])
    sessions.list_session(request)


def way(record: dict[str, Any]) -> str:
    """One step of a sign-in in words."""
    if record["method"] == "mfa":
        return FACTORS[record["type"]]
    return str(record.get("provider") or record["method"])


def signed_out(request: HttpRequest | None, user: User | None, **_: Any) -> None:
    if request is not None and user is not None:
        actions.note_sign_in(request, "out", user=user)


def code_rejected(request: HttpRequest, user: User, **_: Any) -> None:
    actions.note_sign_in(request, "failed", user=user, method="code")


def factor_rejected(request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    actions.note_sign_in(request, "failed", user=user, method=FACTORS[authenticator.type])


def password_changed(request: HttpRequest, user: User, **_: Any) -> None:
    """Whoever knew the old one is out everywhere, at once; wrong tries of it count no more."""
    guesses.forget(user.email)
    actions.note_sign_in(request, "changed", user=user, method="password")
    end_other_sessions(request, user)


def email_changed(request: HttpRequest, user: User, to_email_address: EmailAddress, **_: Any) -> None:
    actions.note_sign_in(request, "changed", user=user, email=to_email_address.email, method="address")


def factor_changed(request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    actions.note_sign_in(request, "changed", user=user, method=FACTORS[authenticator.type])


def connected(request: HttpRequest, sociallogin: SocialLogin, **_: Any) -> None:
    actions.note_sign_in(
        request, "changed", user=sociallogin.user, method=f"{sociallogin.account.provider} connected"[:40]
    )


def disconnected(request: HttpRequest, socialaccount: SocialAccount, **_: Any) -> None:
    method = f"{socialaccount.provider} disconnected"[:40]
    actions.note_sign_in(request, "changed", user=socialaccount.user, method=method)


HEARS: list[tuple[Signal, Any]] = [
    (account.user_logged_in, signed_in), (user_logged_out, signed_out), (account.login_code_rejected, code_rejected),
    (factor.authentication_failed, factor_rejected), (account.password_changed, password_changed),
    (account.password_set, password_changed), (account.password_reset, password_changed), (account.email_changed, email_changed),
    (factor.authenticator_added, factor_changed), (factor.authenticator_removed, factor_changed),
    (factor.authenticator_reset, factor_changed), (social.social_account_added, connected),
    (social.social_account_removed, disconnected),
]  # fmt: skip
