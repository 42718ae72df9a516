"""Rules on what people type, shared by all doors; each refusal names its field."""

import unicodedata
from collections.abc import Callable
from typing import Any
from uuid import UUID

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


def as_uuid(said: str) -> UUID | None:
    """The id that the text spells, if it is one."""
    try:
        return UUID(said) if len(said) == 36 else None
    except ValueError:
        return None


def set_fields(
    row: Any, clean: dict[str, Callable[[Any], Any]], fields: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Set on the row, cleaned, the fields that differ; returns what they were and what they are, both empty when none did."""
    wanted = {name: clean[name](value) for name, value in fields.items()}
    after = {name: value for name, value in wanted.items() if value != getattr(row, name)}
    before = {name: getattr(row, name) for name in after}
    for name, value in after.items():
        setattr(row, name, value)
    return before, after
