"""A change of address: first the present mailbox agrees, then the new one; nothing changes before both have.

The links carry all there is to know, signed, and are bound to the address and the password of the moment: whoever still
reads the old mailbox can stop a stranger by doing nothing, and a new password ends what was asked for.
"""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.manage_email import emit_email_changed
from allauth.account.internal.userkit import filter_users_by_email
from allauth.account.models import EmailAddress
from django.core import signing
from django.http import HttpRequest
from django.urls import reverse
from django.utils.crypto import salted_hmac

from . import actions
from .models import User

SALT = "accounts.email"
LIVES = timedelta(days=3)
WAITS = "new_address"  # in the session: what its owner asked for, to be shown as waiting
OLD, NEW = "old", "new"


@dataclass(frozen=True)
class Change:
    """What a link stands for: the person, the address wished for, and whose turn it is to agree."""

    user: User
    to: str
    side: str


def ask(request: HttpRequest, user: User, to: str) -> str:
    """Send the first link; answers which mailbox it went to. An address that was never confirmed has no say."""
    confirmed = EmailAddress.objects.filter(user=user, email=user.email, verified=True).exists()
    change = Change(user, to.lower(), OLD if confirmed else NEW)
    request.session[WAITS] = change.to
    _send(request, change)
    return change.side


def read(key: str) -> Change | None:
    """The change of a link, while it may still happen."""
    try:
        said = signing.loads(key, salt=SALT, max_age=LIVES)
        user = User.objects.filter(pk=UUID(said["user"]), is_active=True).first()
    except (signing.BadSignature, ValueError, KeyError, TypeError):
        return None
    change = Change(user, said["to"], said["side"]) if user else None
    return change if change and said["state"] == _state(change.user) else None


def agree(request: HttpRequest, change: Change) -> bool:
    """The present mailbox has agreed: ask the new one. The new one has: change it; False when it is taken meanwhile."""
    if change.side == OLD:
        _send(request, Change(change.user, change.to, NEW))
        return True
    if taken(change.to, change.user):
        return False
    was = EmailAddress.objects.filter(user=change.user, primary=True).first()
    made = actions.change_email(change.user, to=change.to)
    if made is not None:
        emit_email_changed(request, was, made)
    return made is not None


def taken(address: str, user: User) -> bool:
    """Whether another account has it."""
    return any(other.pk != user.pk for other in filter_users_by_email(address))


def _send(request: HttpRequest, change: Change) -> None:
    """A taken address gets a letter that says so, and the page says the same as ever: nobody learns who has an account."""
    to = change.user.email if change.side == OLD else change.to
    if change.side == NEW and taken(change.to, change.user):
        get_adapter(request).send_account_already_exists_mail(change.to)
        return
    facts = {"user": str(change.user.pk), "to": change.to, "side": change.side, "state": _state(change.user)}
    link = request.build_absolute_uri(reverse("email_change", args=[signing.dumps(facts, salt=SALT)]))
    context = {"user": change.user, "to_email": change.to, "from_email": change.user.email, "link": link}
    get_adapter(request).send_mail(f"account/email/change_{change.side}", to, context)


def _state(user: User) -> str:
    """Another as soon as the address or the password is another."""
    return salted_hmac(SALT, f"{user.email}:{user.password}").hexdigest()[:32]
