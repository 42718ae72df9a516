"""The form of a declaration: by which rule an operation answers, and a small request that would do."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Asked:
    """`silent`: done, it leaves no row in the record. Words in braces are filled with the ids of what is asked for."""

    rule: str
    body: dict[str, Any] | None = None
    query: dict[str, str] = field(default_factory=dict)
    silent: bool = False
    ids: dict[str, str] = field(default_factory=dict)


def by(
    rule: str,
    *,
    silent: bool = False,
    query: dict[str, str] | None = None,
    ids: dict[str, str] | None = None,
    **body: Any,
) -> Asked:
    """by("edits_task", title="New")"""
    return Asked(rule, body or None, query or {}, silent, ids or {})


def filled(value: Any, ids: dict[str, str]) -> Any:
    """The value with the ids in it."""
    if isinstance(value, str):
        return value.format(**ids) if "{" in value else value
    if isinstance(value, dict):
        return {name: filled(one, ids) for name, one in value.items()}
    return [filled(one, ids) for one in value] if isinstance(value, list) else value
