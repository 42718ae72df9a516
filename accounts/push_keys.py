"""The key pair by which push services know this server (VAPID): the environment's, or one that is made once and kept sealed."""

import base64
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db import transaction

from .locks import hold
from .models import PushKey
from .sealing import open_key, seal_key

PURPOSE = "flowboard push keys"


def public_key() -> str:
    """What a page gives the browser: 65 bytes in base64url. The very first key is made here."""
    if settings.VAPID_PRIVATE_KEY:
        return public_part(_from_environment(settings.VAPID_PRIVATE_KEY))
    kept = _newest() or _made_once()
    return kept.public


def private_key(public: str) -> Any:
    """The private part of a public key of ours, as cryptography holds it; None when it is not ours (any more)."""
    if settings.VAPID_PRIVATE_KEY:
        private = _from_environment(settings.VAPID_PRIVATE_KEY)
        if public_part(private) == public:
            return private
    kept = PushKey.objects.filter(public=public).first()
    return _opened(kept) if kept else None


def public_part(private: Any) -> str:
    """The public part in base64url, without padding."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    point = private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return base64.urlsafe_b64encode(point).rstrip(b"=").decode()


def _newest() -> PushKey | None:
    """The newest that can be opened: under another SECRET_KEY a new one is made, and browsers subscribe anew."""
    kept = PushKey.objects.order_by("-created_at").first()
    return kept if kept and _opened(kept) else None


def _opened(kept: PushKey) -> Any:
    from cryptography.fernet import InvalidToken

    try:
        return open_key(kept.sealed, PURPOSE)
    except InvalidToken:
        return None


@lru_cache(maxsize=4)
def _from_environment(words: str) -> Any:
    """32 bytes in base64url, as every tool for VAPID prints them."""
    from cryptography.hazmat.primitives.asymmetric import ec

    raw = base64.urlsafe_b64decode(words + "=" * (-len(words) % 4))
    return ec.derive_private_key(int.from_bytes(raw), ec.SECP256R1())


def _made_once() -> PushKey:
    """Whoever asks at the same moment waits, and finds the one that was made."""
    with transaction.atomic():
        hold(PURPOSE)
        return _newest() or _make()


def _make() -> PushKey:
    from cryptography.hazmat.primitives.asymmetric import ec

    private = ec.generate_private_key(ec.SECP256R1())
    return PushKey.objects.create(public=public_part(private), sealed=seal_key(private, PURPOSE))
