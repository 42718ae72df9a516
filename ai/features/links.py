"""Links that a model writes: only those that stood in what it was given, letter by letter, so that none carries anything out."""

import re

from ..cleaning import clean

NAMED = re.compile(r"!?\[([^\]]*)\]\(\s*<?([^)\s>]*)[^)]*\)")
REFERENCE = re.compile(r"^\s*\[[^\]]+\]:\s*\S+.*$", re.M)
BARE = re.compile(r"<?\b(?:[a-z][a-z0-9+.-]{1,10}://|www\.|mailto:|data:|javascript:)[^\s<>\")\]]*>?", re.I)
TAGS = re.compile(r"</?[a-zA-Z!][^>]*>")


def without_strange_links(text: str, given: str) -> str:
    """The text with pictures gone, and links whose address is not in `given` turned into their words."""
    known = {found.strip("<>") for found in BARE.findall(given)}

    def named(match: re.Match[str]) -> str:
        whole, words, address = match[0], match[1], match[2]
        return whole if not whole.startswith("!") and address in known else words

    def bare(match: re.Match[str]) -> str:
        return match[0] if match[0].strip("<>") in known else ""

    kept = TAGS.sub(lambda match: match[0] if match[0].strip("<>") in known else "", clean(text))
    return BARE.sub(bare, REFERENCE.sub("", NAMED.sub(named, kept))).strip()
