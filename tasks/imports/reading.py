"""Reading JSON that nobody vouched for: every value is taken by its expected type, every fault names its place."""

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from tasks.imports.fault import ImportFault

MAX_BYTES = 50 * 1024 * 1024
# A real export has about 35 values to the kilobyte. A file made of nothing but "[],[],…" would
# take twenty times its size in memory, so the values are counted before they are built.
MAX_VALUES = 3_000_000
CUT_SHORT = "The file ends too soon; it was probably not downloaded completely."

CONTROLS = dict.fromkeys([*range(9), *range(11, 32), *range(127, 160)])
KINDS = {
    dict: "an object",
    list: "a list",
    str: "a text",
    bool: "true or false",
    int: "a number",
    float: "a number",
    type(None): "null",
}


def load(data: bytes) -> "Node":
    """The root of a JSON file, or an ImportFault that names line and column."""
    _refuse_too_much(data)
    text = _decode(data)
    try:
        return Node(json.loads(text, parse_int=_whole), "")
    except json.JSONDecodeError as fault:
        raise _broken(fault) from None
    except RecursionError:
        raise ImportFault("The file is nested too deeply to be a board export.") from None


def _refuse_too_much(data: bytes) -> None:
    if not data.strip():
        raise ImportFault("The file is empty.")
    if len(data) > MAX_BYTES:
        raise ImportFault(f"The file is larger than {MAX_BYTES // 1024 // 1024} MB.")
    if data.count(b",") + data.count(b"{") + data.count(b"[") > MAX_VALUES:
        raise ImportFault(f"The file holds more than {MAX_VALUES:,} values.")


def _decode(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        before = data[: fault.start]
        column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8", "replace")) + 1
        place = _place(before.count(b"\n") + 1, column)
        why = CUT_SHORT if fault.reason == "unexpected end of data" else "The file is not valid UTF-8 text."
        raise ImportFault(why, place=place) from None


def _place(line: int, column: int) -> str:
    return f"Line {line}, column {column}"


def _broken(fault: json.JSONDecodeError) -> ImportFault:
    place = _place(fault.lineno, fault.colno)
    if _ends_early(fault):
        return ImportFault(CUT_SHORT, place=place)
    return ImportFault(f"This is not valid JSON ({fault.msg}).", place=place)


def _ends_early(fault: json.JSONDecodeError) -> bool:
    """Whether the text just stops: a cut inside `true` or `\\u00e9` faults a few characters before the end."""
    text = fault.doc.rstrip()
    if not text.startswith("{"):
        return False
    at_the_end = fault.pos >= len(text) or (fault.pos >= len(text) - 6 and not text.endswith("}"))
    return at_the_end or fault.msg.startswith("Unterminated string")


def _whole(digits: str) -> int | float:
    """An integer that fits the database, else a float: int() itself refuses more than 4,300 digits."""
    return int(digits) if len(digits) < 19 else float(digits)


@dataclass(frozen=True, slots=True)
class Node:
    """A value of the file together with its place in it, such as `cards[3].name`."""

    value: Any
    place: str

    def fault(self, why: str) -> ImportFault:
        """The error that points here."""
        return ImportFault(why, place=self.place or "the whole file")

    def get(self, name: str) -> "Node | None":
        """The field called `name`, or None where it is absent or null."""
        value = self.object().get(name)
        return None if value is None else Node(value, f"{self.place}.{name}" if self.place else name)

    def need(self, name: str) -> "Node":
        """The field called `name`, which must be there."""
        if found := self.get(name):
            return found
        raise Node(None, f"{self.place}.{name}" if self.place else name).fault("This field is missing.")

    def object(self) -> dict[str, Any]:
        """The value as an object."""
        return self._as(dict, "an object")

    def items(self, at_most: int) -> "Iterator[Node]":
        """The parts of a list, each with its number."""
        values = self._as(list, "a list")
        if len(values) > at_most:
            raise self.fault(f"There are {len(values):,} entries; at most {at_most:,} can be imported.")
        return (Node(value, f"{self.place}[{number}]") for number, value in enumerate(values))

    def text(self, at_most: int) -> str:
        """The value as text that PostgreSQL can store."""
        text = clean(self._as(str, "a text"))
        if len(text) > at_most:
            raise self.fault(f"The text has {len(text):,} characters; at most {at_most:,} are allowed.")
        return text

    def identifier(self) -> str:
        """The value as another tool's key for a thing."""
        text = self.text(64).strip()
        if not text:
            raise self.fault("An identifier is needed here.")
        return text

    def number(self) -> float:
        """The value as a finite number."""
        if isinstance(self.value, bool) or not isinstance(self.value, int | float) or not math.isfinite(self.value):
            raise self._wrong("a number")
        return float(self.value)

    def flag(self) -> bool:
        """The value as true or false."""
        return self._as(bool, "true or false")

    def moment(self) -> datetime:
        """The value as an instant in UTC; a time without a zone is taken as UTC."""
        text = self.text(64)
        try:
            moment = datetime.fromisoformat(text)
            moment = moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
        except (ValueError, OverflowError):
            raise self.fault(f"“{text}” is not a date and time.") from None
        if not 1970 <= moment.year <= 2200:
            raise self.fault(f"“{text}” is not a date between 1970 and 2200.")
        return moment

    def _as(self, kind: type, words: str) -> Any:
        if not isinstance(self.value, kind):
            raise self._wrong(words)
        return self.value

    def _wrong(self, words: str) -> ImportFault:
        found = KINDS.get(type(self.value), "something else")
        return self.fault(f"This should be {words}, but it is {found}.")


def clean(text: str) -> str:
    """The text without what cannot be stored or shown: control characters go, half a surrogate pair becomes U+FFFD."""
    return text.translate(CONTROLS).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
