"""The link that ends a kind of mail: signed, so that it works without signing in, also when a mail program presses it (RFC 8058)."""

import base64
import binascii
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

from ..models import NotificationPreference, Reason
from .wishes import Wishes

SALT = "flowboard.unsubscribe"
DIGEST = "digest"  # in the place of reasons: all that stand in the digest when the link is pressed


@dataclass(frozen=True)
class Ended:
    """Which mails, of whom."""

    workspace_id: UUID
    user_id: UUID
    named: tuple[str, ...]

    @property
    def reasons(self) -> list[Reason]:
        """Read within the workspace."""
        if self.named != (DIGEST,):
            return [Reason(name) for name in self.named if name in Reason.values]
        wishes = Wishes(self.workspace_id, [self.user_id])
        mails = {reason: wishes.of(self.user_id, reason).mail for reason in Reason}
        return [reason for reason, mail in mails.items() if mail == NotificationPreference.Mail.DIGEST]


def link(workspace_id: UUID, user_id: UUID, reasons: Collection[str]) -> str:
    """The address in a mail. It never expires: mails are kept, and all it can do is to end them."""
    whose = base64.urlsafe_b64encode(workspace_id.bytes + user_id.bytes).rstrip(b"=").decode()
    said = Signer(salt=SALT).sign(".".join([whose, *reasons]))
    return f"{settings.SITE_URL}{reverse('unsubscribe', args=[said])}"


def read(said: str) -> Ended | None:
    """What a link says; None for one that we did not make."""
    try:
        whose, *named = Signer(salt=SALT).unsign(said).split(".")
        ids = base64.urlsafe_b64decode(f"{whose}=")
        return Ended(UUID(bytes=ids[:16]), UUID(bytes=ids[16:]), tuple(named))
    except (BadSignature, binascii.Error, ValueError):
        return None
