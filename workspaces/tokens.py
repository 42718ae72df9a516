"""Access tokens: `fb_<workspace id in hex>_<secret>`, shown once, kept as SHA-256.

The workspace stands in the token so that it can be found inside its own workspace, behind the policy.
"""

import hashlib
import re
import secrets
from datetime import timedelta
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone

from . import tenancy
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
    header = request.META.get("HTTP_AUTHORIZATION", "")
    if not header.startswith("Token ") or not request.path_info.startswith("/api/"):
        return
    token = find(header.removeprefix("Token ").strip())
    request.access_token, request.user = token, token.user  # type: ignore[attr-defined]


def find(secret: str) -> AccessToken:
    """The living token; raises Unauthenticated otherwise."""
    shape = SHAPE.fullmatch(secret)
    if not shape:
        raise Unauthenticated("The access token does not have the shape fb_….")
    with tenancy.workspace(UUID(shape[1]), atomic=True):
        rows = AccessToken.objects.filter(workspace_id=UUID(shape[1]), token_hash=digest(secret), revoked_at=None)
        token = rows.select_related("user").first()
        _touch(token)
    if token is None or (token.expires_at and token.expires_at <= timezone.now()) or not token.user.is_active:
        raise Unauthenticated("The access token is unknown, expired or revoked.")
    return token


def _touch(token: AccessToken | None) -> None:
    """Remember the last use, to the minute: not a write on every request."""
    now = timezone.now()
    if token and (token.last_used_at is None or now - token.last_used_at > timedelta(minutes=1)):
        AccessToken.objects.filter(workspace=token.workspace_id, pk=token.pk).update(last_used_at=now)
