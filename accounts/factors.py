"""Second factors: what counts as one, and how their secrets are kept."""

from collections.abc import Iterable
from uuid import UUID

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator

from .models import User
from .sealing import box

PURPOSE = "flowboard second factors"
COUNT = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)  # recovery codes alone are none


def has_factor(user: User) -> bool:
    """Whether an authenticator app or a passkey stands between a stolen password and this account."""
    return Authenticator.objects.filter(user=user, type__in=COUNT).exists()


def with_factor(users: Iterable[UUID]) -> set[UUID]:
    """Which of these people have one."""
    return set(Authenticator.objects.filter(user__in=users, type__in=COUNT).values_list("user_id", flat=True))


class FactorAdapter(DefaultMFAAdapter):
    """Our words, and secrets sealed under SECRET_KEY: a copy of the database alone makes no codes."""

    error_messages = {
        "add_email_blocked": "Confirm the change of your address first.",
        "cannot_delete_authenticator": "This cannot be switched off.",
        "cannot_generate_recovery_codes": "Recovery codes come with an authenticator app or a passkey: set one up first.",
        "incorrect_code": "That was not accepted. Try again.",
        "unverified_email": "Confirm your e-mail address first: without it nobody could give the account back to you.",
    }

    def encrypt(self, text: str) -> str:
        return box(PURPOSE).encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return box(PURPOSE).decrypt(encrypted_text.encode()).decode()

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        return f"Passkey {Authenticator.objects.filter(user=user, type=type).count() + 1}"
