"""JSON in: only what the database and every other JSON reader can hold."""

from typing import Any

import orjson
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

DEEPEST = 32
LARGEST = 2**63 - 1


class StrictJSONParser(BaseParser):
    """Refuses broken UTF-8, NUL and lone surrogates, infinite or huge numbers, and nesting beyond 32 levels."""

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
    if depth > DEEPEST:
        raise ParseError(f"The body is nested deeper than {DEEPEST} levels at {path[:80]}.")
    if isinstance(value, str) and "\x00" in value:
        raise ParseError(f"{path or 'The body'} contains a NUL character.")
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) > LARGEST:
        raise ParseError(f"{path or 'The body'} is a number beyond 2^63.")
    if isinstance(value, dict):
        for key, item in value.items():
            _check(key, path, depth)
            _check(item, f"{path}.{key}" if path else key, depth + 1)
    elif isinstance(value, list):
        for place, item in enumerate(value):
            _check(item, f"{path}[{place}]", depth + 1)
