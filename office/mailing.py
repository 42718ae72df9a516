"""The way out of all mails: each is noted with its kind, then given to the backend that EMAIL_URL names."""

import re
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend

from .actions.keeping import keep_mails

# by the words of our own subjects, which are the only place where a mail says what it is
KINDS = {
    "invitation": r"invites you to", "support request": r"FlowBoard support asks", "staff act": r"^FlowBoard (suspended|lifted|deleted|granted|brought|took)",
    "sign-up or sign-in code": r"code|confirm", "password": r"password", "address": r"e-?mail address|your address", "digest": r"digest|since|things? for you",
    "reminder": r"due|overdue", "account deleted": r"account was deleted|account is deleted", "security": r"passkey|authenticator|recovery|signed in|sign-in", "plan and payment": r"trial|payment|invoice|plan|tokens|AI",
}  # fmt: skip


class Noted(BaseEmailBackend):
    """Sends by MAIL_BACKEND."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.inner = get_connection(settings.MAIL_BACKEND, *args, **kwargs)

    def open(self) -> bool | None:
        return self.inner.open()  # type: ignore[no-any-return]

    def close(self) -> None:
        self.inner.close()

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """One after the other, so that the one that is not taken is known."""
        return sum(self._send(one) for one in email_messages)

    def _send(self, mail: EmailMessage) -> int:
        kind = kind_of(str(mail.subject))
        try:
            sent = self.inner.send_messages([mail]) or 0
        except Exception as error:
            keep_mails(mail.recipients(), kind, fault=type(error).__name__)
            raise
        keep_mails(mail.recipients(), kind, fault="" if sent else "nothing was sent")
        return sent


def kind_of(subject: str) -> str:
    """What a mail is about, without its words."""
    return next((kind for kind, words in KINDS.items() if re.search(words, subject, re.I)), "about tasks")
