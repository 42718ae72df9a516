"""Refuses settings under which a public system would not be safe."""

from typing import Any

from django.conf import settings
from django.core.checks import Error, Tags, register

DEVELOPMENT_KEY = "only-for-development"
SHORTEST_KEY, FEWEST_CHARACTERS = 50, 10


@register(Tags.security)
def production(**_: Any) -> list[Error]:
    """A key that cannot be guessed, and no debug pages where strangers come by."""
    if settings.DEBUG:
        words = "DEBUG shows the program's insides to whoever causes an error, and HTTPS says that strangers may."
        return [Error(words, hint="Leave DEBUG unset.", id="flowboard.E001")] if settings.HTTPS else []
    key = settings.SECRET_KEY
    if len(key) >= SHORTEST_KEY and len(set(key)) >= FEWEST_CHARACTERS and not key.startswith("django-insecure-"):
        return []
    words = f"SECRET_KEY can be guessed: it needs at least {SHORTEST_KEY} characters by chance."
    hint = "python -c 'import secrets; print(secrets.token_urlsafe(50))'"
    return [Error(words, hint=hint, id="flowboard.E002")]
