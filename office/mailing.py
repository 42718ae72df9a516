"""The way out of all mails: each is noted with its kind, then given to the backend that EMAIL_URL names."""

import logging
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend

from .actions.keeping import keep_mails

log = logging.getLogger(__name__)
UNNAMED = "unnamed"


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
        kind = kind_of(mail)
        try:
            sent = self.inner.send_messages([mail]) or 0
        except Exception as error:
            keep_mails(mail.recipients(), kind, fault=type(error).__name__)
            raise
        keep_mails(mail.recipients(), kind, fault="" if sent else "nothing was sent")
        return sent


def kind_of(mail: EmailMessage) -> str:
    """As whoever made it says (accounts/mails.py)."""
    about = getattr(mail, "about", None)
    if about is None:
        log.warning("a mail does not say what it is about")
    return str(about or UNNAMED)
