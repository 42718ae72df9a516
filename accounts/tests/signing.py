"""Hands of the tests of sign-in: signed-in browsers, factors, codes, what the mails say."""

import re
from urllib.parse import urlsplit

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.models import SignIn, User
from workspaces.tests.people import PASSWORD

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def enters(user: User, password: str = PASSWORD, **headers: str) -> Client:
    """Signs in by the form, so that the session is listed and knows how it began."""
    client = Client(headers=headers)
    client.post(reverse("account_login"), {"login": user.email, "password": password})
    return client


def proves(client: Client, password: str = PASSWORD) -> Client:
    """The password once more, before a change."""
    client.post(reverse("account_reauthenticate"), {"password": password})
    return client


def is_in(client: Client) -> bool:
    """Asked at a page: what the next request finds, not what the cookie says."""
    return client.get(reverse("profile")).status_code == 200


def give_app(user: User) -> None:
    """An authenticator app with a known key, and recovery codes."""
    TOTP.activate(user, SECRET)
    RecoveryCodes.activate(user)


def app_code(secret: str = SECRET) -> str:
    """What the app shows now."""
    (counter,) = yield_hotp_counters_from_time()
    return format_hotp_value(hotp_value(secret, counter))


def recovery_codes(user: User) -> list[str]:
    return Authenticator.objects.get(user=user, type="recovery_codes").wrap().get_unused_codes()


def mailed(to: str, shape: str = r"https?://\S+") -> str:
    """What the newest mail to that address holds of this shape; of a link, its path and query."""
    body = next(str(one.body) for one in reversed(mail.outbox) if one.to == [to])
    found = re.search(shape, body)
    assert found, body
    parts = urlsplit(found[0])
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def noted(user: User | None = None, **wanted: str) -> list[tuple[str, str]]:
    """What was written down of sign-ins, in order."""
    rows = SignIn.objects.filter(**wanted).order_by("created_at", "id")
    return [(row.outcome, row.method) for row in (rows.filter(user=user) if user else rows)]
