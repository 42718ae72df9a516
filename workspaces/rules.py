"""Rules on what people type, shared by all doors; each refusal names its field."""

import unicodedata

from .errors import Refused


def line(value: object, field: str, *, longest: int, name: str = "") -> str:
    """One line of text, not empty, without control characters."""
    words = " ".join(text(value, field, longest=longest, name=name).split())
    if not words:
        raise Refused(f"{(name or field).capitalize()} may not be empty.", field)
    return words


def text(value: object, field: str, *, longest: int, name: str = "") -> str:
    """Text of several lines, possibly empty."""
    if not isinstance(value, str):
        raise Refused(f"{(name or field).capitalize()} must be text.", field)
    if len(value) > longest:
        raise Refused(f"{(name or field).capitalize()} has {len(value):,} characters; at most {longest:,} fit.", field)
    return "".join(mark for mark in value if mark in "\n\t" or unicodedata.category(mark) not in ("Cc", "Cs"))
