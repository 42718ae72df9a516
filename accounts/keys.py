"""The keys that sign programs' tokens: made, published ahead, retired, and forgotten when their last token has expired.

Any number of processes may ask at once; who makes or retires keys holds one lock. Nothing is kept in memory but what
cannot change: the key that a row holds. jwt and cryptography are imported where they are used, since most processes
never see a token.
"""

import base64
import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import lru_cache
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from .locks import hold
from .models import SigningKey
from .sealing import open_key, seal_key

ALGORITHM = "ES256"
SIGNS = timedelta(days=30)
AHEAD = timedelta(days=1)  # a new key is published so long before it signs, for whoever keeps a copy of the public ones
KEPT = timedelta(hours=1)  # how long a copy may be kept
ACCESS = timedelta(minutes=5)
REFRESH = timedelta(days=14)
GRACE = timedelta(minutes=5)  # between clocks
PURPOSE = "flowboard signing keys"


def signing_key() -> SigningKey:
    """The key that signs now; the very first one is made here."""
    return _signing() or _made_once()


def private_part(key: SigningKey) -> Any:
    """As cryptography holds it. Raises InvalidToken when it was sealed under another SECRET_KEY."""
    return open_key(key.sealed, PURPOSE)


@lru_cache(maxsize=16)
def public_part(pem: str) -> Any:
    """As cryptography holds it."""
    from cryptography.hazmat.primitives import serialization

    return serialization.load_pem_public_key(pem.encode())


def living() -> models.QuerySet[SigningKey]:
    """The keys that verify, those included that will sign later."""
    return SigningKey.objects.filter(_after("expires_at")).order_by("created_at", "pk")


def jwks() -> dict[str, list[dict[str, str]]]:
    """The public parts, as /.well-known/jwks.json has them (RFC 7517)."""
    return {"keys": [_jwk(key) for key in living()]}


def rotate(*, ahead: timedelta = AHEAD, distrust: bool = False) -> SigningKey:
    """A new key, which signs once it has been published for long enough; the others sign until then and verify on.

    With `distrust` (a key has leaked) it signs at once and no other verifies any longer.
    """
    now = timezone.now()
    with _alone():
        made = _make()
        others = SigningKey.objects.exclude(pk=made.pk)
        if distrust:
            others.delete()
        else:
            others.filter(models.Q(retired_at=None) | models.Q(retired_at__gt=now + ahead)).update(
                retired_at=now + ahead, expires_at=now + ahead + REFRESH + GRACE
            )
        SigningKey.objects.filter(expires_at__lte=now).delete()
    return made


def rotate_when_due() -> SigningKey | None:
    """What beat asks for every hour: a new key when the newest will soon have signed for 30 days."""
    with _alone():
        SigningKey.objects.filter(expires_at__lte=timezone.now()).delete()
        newest = SigningKey.objects.order_by("-created_at").first()
        due = newest is None or newest.created_at <= timezone.now() - SIGNS
        return rotate() if due else None


def _signing() -> SigningKey | None:
    """The oldest that is not retired: a newer one waits until it has been published for long enough."""
    from cryptography.fernet import InvalidToken

    for key in living().filter(_after("retired_at")):
        try:
            private_part(key)
        except InvalidToken:  # SECRET_KEY is another one now: it verifies, and signs nothing
            continue
        return key
    return None


def _after(name: str) -> models.Q:
    return models.Q(**{name: None}) | models.Q(**{f"{name}__gt": timezone.now()})


def _made_once() -> SigningKey:
    with _alone():
        return _signing() or _make()


@contextmanager
def _alone() -> Iterator[None]:
    """A transaction that whoever else makes or retires keys waits for."""
    with transaction.atomic():
        hold(PURPOSE)
        yield


def _make() -> SigningKey:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    private = ec.generate_private_key(ec.SECP256R1())
    public = private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return SigningKey.objects.create(
        kid=_thumbprint(public.decode()), sealed=seal_key(private, PURPOSE), public=public.decode()
    )


def _jwk(key: SigningKey) -> dict[str, str]:
    return {**_members(key.public), "kid": key.kid, "use": "sig", "alg": ALGORITHM}


@lru_cache(maxsize=16)
def _members(pem: str) -> dict[str, str]:
    from jwt.algorithms import ECAlgorithm

    return dict(ECAlgorithm.to_jwk(public_part(pem), as_dict=True))


def _thumbprint(pem: str) -> str:
    """The key's name follows from the key (RFC 7638)."""
    words = {name: value for name, value in _members(pem).items() if name in ("crv", "kty", "x", "y")}
    digest = hashlib.sha256(json.dumps(words, sort_keys=True, separators=(",", ":")).encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
