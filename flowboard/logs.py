"""Lines of the log without what must stay secret: addresses hold it (links of mails), and errors of the database repeat rows."""

import logging
import re

HIDDEN = "…"
# the secret is what the first group does not hold
SECRETS = re.compile(
    r"(/invitations/[^/\s]+/|/password/reset/key/|/confirm-email/|/accounts/email/|[?&](?:code|state|token|key|id_token|session_token)=)[^/\s&?'\"]+"
    r"|(\bfb_)\w[\w-]{20,}"
    r"|((?:Token|Bearer) )[\w.~+/=-]{8,}"
    r"|((?:sessionid|csrftoken)['\"]?[=:] ?)[^\s;,]+"
    r"|(\b(?:postgres(?:ql)?|rediss?|smtps?)://[^:/@\s]*:)[^@\s]+"
    r"|((?:DETAIL|CONTEXT): +).*"
)


def masked(text: str) -> str:
    """The text with every secret that can be told by its place taken out."""
    return SECRETS.sub(lambda found: next(part for part in found.groups() if part is not None) + HIDDEN, text)


class Masked(logging.Formatter):
    """Masks the whole line, its traceback too."""

    def format(self, record: logging.LogRecord) -> str:
        return masked(super().format(record))
