"""Access tokens: `fb_<workspace id in hex>_<secret><checksum>`, shown once, kept as SHA-256.

The workspace stands in the token so that it can be found inside its own workspace, behind the policy. The checksum
tells a scanner for leaked secrets, which has no database, a token from what only looks like one.
"""

import hashlib
import re
import secrets
import zlib
from datetime import timedelta
from string import ascii_letters, digits
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from accounts import programs

from . import tenancy
from .admission import Admitted, token_of
from .errors import Refused
from .models import AccessToken

ENTRANCES = {f"/api/v1/auth/{name}/" for name in ("sign-in", "second-factor", "refresh")}  # where one gets a token
SHAPE = re.compile(r"(fb_([0-9a-f]{32})_[A-Za-z0-9_-]{43})([0-9A-Za-z]{6})?")  # the oldest have no checksum
ALPHABET = digits + ascii_letters


class Unauthenticated(Refused):
    """The token is not (or no longer) one of ours."""

    status = 401


def new_secret(workspace_id: UUID) -> str:
    """A token with 256 bits of randomness."""
    secret = f"fb_{workspace_id.hex}_{secrets.token_urlsafe(32)}"
    return secret + checksum(secret)


def checksum(secret: str) -> str:
    """CRC-32 of all that stands before it, as six digits of base 62."""
    number, found = zlib.crc32(secret.encode()), ""
    for _ in range(6):
        number, digit = divmod(number, len(ALPHABET))
        found = ALPHABET[digit] + found
    return found


def workspace_named(secret: str) -> UUID | None:
    """The workspace that a token names, None where it is none of ours; nothing else is believed of it yet."""
    shape = SHAPE.fullmatch(secret)
    if shape is None or (shape[3] and checksum(shape[1]) != shape[3]):
        return None
    return UUID(shape[2])


def digest(secret: str) -> str:
    """What is stored of a token or an invitation link."""
    return hashlib.sha256(secret.encode()).hexdigest()


def authenticate(request: HttpRequest) -> None:
    """Put the token's person on the request, when it carries `Authorization: Token fb_…`."""
    if (secret := secret_in(request)) is None:
        return authenticate_program(request)
    admitted = admit(secret)
    request.admitted, request.access_token, request.user = admitted, admitted.token, admitted.token.user  # type: ignore[attr-defined]


def authenticate_program(request: HttpRequest) -> None:
    """The same for a program that is signed in: `Authorization: Bearer …`. Its cookies, if it sends any, mean nothing."""
    secret, path = programs.bearer_in(request.META.get("HTTP_AUTHORIZATION", "")), request.path_info
    if secret is None or not path.startswith("/api/") or path in ENTRANCES:
        return
    bearer = programs.find(secret)
    if bearer is None:
        raise Unauthenticated(
            "The access token is unknown or expired, or its session has ended: refresh it, or sign in."
        )
    request.program, request.user = bearer.program, bearer.user  # type: ignore[attr-defined]


def secret_in(request: HttpRequest) -> str | None:
    """What a request to the API gives for a token."""
    header = request.META.get("HTTP_AUTHORIZATION", "")
    if not header.startswith("Token ") or not request.path_info.startswith("/api/"):
        return None
    return header.removeprefix("Token ").strip()


def workspace_in(request: HttpRequest) -> UUID | None:
    """The workspace that the request's token names."""
    return workspace_named(secret_in(request) or "")


def find(secret: str) -> AccessToken:
    """The living token; raises Unauthenticated otherwise."""
    return admit(secret).token


def admit(secret: str) -> Admitted:
    """The living token and its person's membership; raises Unauthenticated otherwise."""
    if (workspace_id := workspace_named(secret)) is None:
        raise Unauthenticated("The access token does not have the shape fb_…, or a character of it is wrong.")
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
