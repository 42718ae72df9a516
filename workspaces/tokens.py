"""Access tokens: `fb_<workspace id in hex>_<secret>`, shown once, kept as SHA-256.

The workspace stands in the token so that it can be found inside its own workspace, behind the policy.
"""

import hashlib
import re
import secrets
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from . import tenancy
from .admission import Admitted, token_of
from .errors import Refused
from .models import AccessToken

SHAPE = re.compile(r"fb_([0-9a-f]{32})_[A-Za-z0-9_-]{43}")


class Unauthenticated(Refused):
    """The token is not (or no longer) one of ours."""

    status = 401


def new_secret(workspace_id: UUID) -> str:
    """A token with 256 bits of randomness."""
    return f"fb_{workspace_id.hex}_{secrets.token_urlsafe(32)}"


def digest(secret: str) -> str:
    """What is stored of a token or an invitation link."""
    return hashlib.sha256(secret.encode()).hexdigest()


def authenticate(request: HttpRequest) -> None:
    """Put the token's person on the request, when it carries `Authorization: Token fb_…`."""
    if (secret := secret_in(request)) is None:
        return
    admitted = admit(secret)
    request.admitted, request.access_token, request.user = admitted, admitted.token, admitted.token.user  # type: ignore[attr-defined]


def secret_in(request: HttpRequest) -> str | None:
    """What a request to the API gives for a token."""
    header = request.META.get("HTTP_AUTHORIZATION", "")
    if not header.startswith("Token ") or not request.path_info.startswith("/api/"):
        return None
    return header.removeprefix("Token ").strip()


def workspace_in(request: HttpRequest) -> UUID | None:
    """The workspace that the token names; nothing is believed of it yet."""
    shape = SHAPE.fullmatch(secret_in(request) or "")
    return UUID(shape[1]) if shape else None


def find(secret: str) -> AccessToken:
    """The living token; raises Unauthenticated otherwise."""
    return admit(secret).token


def admit(secret: str) -> Admitted:
    """The living token and its person's membership; raises Unauthenticated otherwise."""
    shape = SHAPE.fullmatch(secret)
    if not shape:
        raise Unauthenticated("The access token does not have the shape fb_….")
    workspace_id = UUID(shape[1])
    with tenancy.workspace(workspace_id), transaction.atomic(savepoint=False):
        admitted = token_of(workspace_id, digest(secret))
        if admitted is not None and _lives(admitted.token):
            _touch(admitted.token)
            return admitted
    raise Unauthenticated("The access token is unknown, expired or revoked.")


def _lives(token: AccessToken) -> bool:
    expired = token.expires_at is not None and token.expires_at <= timezone.now()
    return token.user.is_active and not expired


def _touch(token: AccessToken) -> None:
    """Remember the last use, to the minute: not a write on every request."""
    now = timezone.now()
    if token.last_used_at is None or now - token.last_used_at > timedelta(minutes=1):
        AccessToken.objects.filter(workspace=token.workspace_id, pk=token.pk).update(last_used_at=now)
