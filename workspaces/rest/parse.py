"""JSON in: only what the database and every other JSON reader can hold."""

from typing import Any

import orjson
from rest_framework.exceptions import ParseError, ValidationError
from rest_framework.parsers import BaseParser
from rest_framework.settings import api_settings

DEEPEST = 32
LONGEST = 10_000  # elements of a list
MOST = 1000  # fields of an object
LARGEST = 2**63


class StrictJSONParser(BaseParser):
    """Refuses broken UTF-8, NUL and lone surrogates, infinite or huge numbers, endless lists, and nesting beyond 32 levels."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        raw = stream.read()
        try:
            data = orjson.loads(raw)
        except orjson.JSONDecodeError as error:
            raise ParseError(f"The body is not JSON: {error}.") from error
        _check(data, "", 0)
        return data


def _check(value: Any, path: str, depth: int) -> None:
    if words := _fault(value, depth):
        raise ValidationError({path[:80]: [words]} if path else {api_settings.NON_FIELD_ERRORS_KEY: [words]})
    if isinstance(value, dict):
        for key, item in value.items():
            if "\x00" in key:
                raise ParseError("The name of a field contains a NUL character.")
            _check(item, f"{path}.{key}" if path else key, depth + 1)
    elif isinstance(value, list):
        for place, item in enumerate(value):
            _check(item, f"{path}[{place}]", depth + 1)


def _fault(value: Any, depth: int) -> str:
    if depth > DEEPEST:
        return f"This is nested deeper than {DEEPEST} levels."
    if isinstance(value, str):
        return "This contains a NUL character." if "\x00" in value else ""
    if isinstance(value, dict):
        return f"An object of {len(value):,} fields is too large; at most {MOST:,} fit." if len(value) > MOST else ""
    if isinstance(value, list):
        return f"A list of {len(value):,} is too long; at most {LONGEST:,} fit." if len(value) > LONGEST else ""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return "This is a number beyond 2^63." if number and abs(value) > LARGEST else ""
