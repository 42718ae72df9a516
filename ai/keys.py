"""What the database keeps sealed: keys of providers, and texts where a workspace keeps them."""

from accounts.sealing import box


def seal(words: str, purpose: str) -> str:
    """`purpose`: ai-keys or ai-texts."""
    return str(box(purpose).encrypt(words.encode()).decode()) if words else ""


def unseal(sealed: str, purpose: str) -> str:
    """Raises InvalidToken when SECRET_KEY has changed without a fallback."""
    return str(box(purpose).decrypt(sealed.encode()).decode()) if sealed else ""
