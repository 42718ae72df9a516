"""Secrets that the database keeps: sealed under SECRET_KEY, so that a copy of the database alone opens none of them."""

import base64
from functools import lru_cache
from typing import Any

from django.conf import settings


def box(purpose: str) -> Any:
    """Seals with SECRET_KEY, and opens what one of SECRET_KEY_FALLBACKS has sealed as well.

    A Fernet with a key of its own for each purpose: what signs sessions encrypts nothing. Raises InvalidToken for what
    was sealed otherwise.
    """
    return _box(purpose, (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))


def seal_key(private: Any, purpose: str) -> str:
    """A private key, as cryptography holds it."""
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    plain = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return str(box(purpose).encrypt(plain).decode())


def open_key(sealed: str, purpose: str) -> Any:
    """The private key that was sealed so. Raises InvalidToken when it was sealed under another SECRET_KEY."""
    return _key(sealed, box(purpose))


@lru_cache(maxsize=16)
def _key(sealed: str, opens: Any) -> Any:
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    return load_pem_private_key(opens.decrypt(sealed.encode()), password=None)


@lru_cache(maxsize=16)
def _box(purpose: str, secrets: tuple[str, ...]) -> Any:
    from cryptography.fernet import Fernet, MultiFernet

    return MultiFernet([Fernet(_derived(purpose, secret)) for secret in secrets])


def _derived(purpose: str, secret: str) -> bytes:
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return base64.urlsafe_b64encode(HKDF(SHA256(), length=32, salt=None, info=purpose.encode()).derive(secret.encode()))
