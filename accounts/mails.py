"""The mails that we send: each says what it is about, for the back-office's list. The word stays here and goes out with none."""

from email.utils import parseaddr
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage


class About(StrEnum):
    """What a mail is about, as the staff reads it."""

    INVITATION = "invitation"
    SIGN_UP = "sign-up"
    CODE = "sign-in code"
    ADDRESS = "e-mail address"
    PASSWORD = "password"
    FACTOR = "second factor"
    CONNECTED = "connected account"
    ERASED = "account deleted"
    TASKS = "about tasks"
    REMINDER = "reminder"
    DIGEST = "digest"
    TRIED = "test of notifications"
    AI = "AI budget"
    BILLING = "plan and payment"
    SUPPORT = "support request"
    STAFF = "staff act"
    ENDING = "end of a workspace"


# the names of allauth's templates, by how they begin
OF_ALLAUTH = {
    "account/email/account_already_exists": About.SIGN_UP, "account/email/unknown_account": About.SIGN_UP,
    "account/email/email_confirmation_signup": About.SIGN_UP, "account/email/email_": About.ADDRESS, "account/email/change_": About.ADDRESS,
    "account/email/login_code": About.CODE, "account/email/password_": About.PASSWORD, "mfa/email/": About.FACTOR,
    "socialaccount/email/": About.CONNECTED,
}  # fmt: skip


class Mail(EmailMessage):
    """Every mail of ours but allauth's, which accounts/adapter.py makes."""

    def __init__(self, about: About, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.about = about


def about_template(prefix: str) -> About:
    """What a mail of allauth is about; raises LookupError for one that is not known here."""
    found = next((about for beginning, about in OF_ALLAUTH.items() if prefix.startswith(beginning)), None)
    if found is None:
        raise LookupError(f"accounts/mails.py does not say what {prefix} is about")
    return found


def sender_domain() -> str:
    """What the names of our mails (Message-ID) end in: that of DEFAULT_FROM_EMAIL."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
