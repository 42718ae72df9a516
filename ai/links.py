"""Links in a text that a model wrote from others' words: only those that stood in these, so that none carries anything out."""

import re
from collections.abc import Iterator
from typing import Any

from .cleaning import clean

NAMED = re.compile(r"!?\[([^\]\n]*)\]\(\s*<?([^)\s>]*)[^)\n]*\)")
REFERENCE = re.compile(r"^[ \t]*\[[^\]\n]+\]:[ \t]*<?([^\s>]+).*$", re.M)
BARE = re.compile(r"\b(?:[a-z][a-z0-9+.-]{1,15}://|www\.|mailto:|javascript:|data:[a-z]+/)[^\s<>\"'`)\]]+", re.I)
END = ".,;:!?*_~"  # of the sentence, not of the address


def with_known_links(text: str, inputs: Any) -> str:
    """Links elsewhere become their words, and bare addresses elsewhere go; the rest stays letter by letter."""
    known = {found.rstrip(END) for said in _texts(clean(inputs)) for found in BARE.findall(said)}

    def named(match: re.Match[str]) -> str:
        return match[0] if match[2].rstrip(END) in known else match[1]

    def reference(match: re.Match[str]) -> str:
        return match[0] if match[1].rstrip(END) in known else ""

    def bare(match: re.Match[str]) -> str:
        address = match[0].rstrip(END)
        return match[0] if address in known else match[0][len(address) :]

    return BARE.sub(bare, REFERENCE.sub(reference, NAMED.sub(named, text)))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _texts(one)
