"""The form of a rule's parts: each has a kind and, where the kind asks for one, a value."""

from collections.abc import Mapping
from typing import Any, Protocol

from workspaces.errors import Refused

from .values import Around, Value

Json = dict[str, Any]


class Kind(Protocol):
    """`words` say it, with {value} where the value stands."""

    @property
    def words(self) -> str: ...

    @property
    def value(self) -> Value: ...


def read(kinds: Mapping[str, Kind], around: Around, said: Any, field: str) -> Json:
    """The part as it is kept; raises Refused with the field at fault."""
    if not isinstance(said, dict):
        raise Refused("This is an object: kind, and value where the kind asks for one.", field)
    if unknown := next((name for name in said if name not in ("kind", "value")), None):
        raise Refused(f"There is no {str(unknown)[:40]!r} here; there are kind and value.", f"{field}.{unknown}"[:80])
    kind = kinds.get(said["kind"]) if isinstance(said.get("kind"), str) else None
    if kind is None:
        raise Refused(f"The kind is one of {', '.join(kinds)}.", f"{field}.kind")
    try:
        return {"kind": said["kind"], "value": kind.value.read(around, said.get("value"))}
    except Refused as no:
        raise Refused(no.words, f"{field}.value") from no


def told(kinds: Mapping[str, Kind], around: Around, part: Json) -> str:
    """In words; raises Refused where what it names is gone."""
    kind = kinds[part["kind"]]
    return kind.words.format(value=kind.value.show(around, part["value"]))
