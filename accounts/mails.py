"""What the names of our mails (Message-ID) end in."""

from email.utils import parseaddr

from django.conf import settings


def sender_domain() -> str:
    """That of DEFAULT_FROM_EMAIL."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
