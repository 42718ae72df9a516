"""Two people have written on one text: what does not overlap is merged, paragraph by paragraph; the rest is told apart.

A paragraph is what stands between empty lines. Pure functions over texts: nothing here reads or writes.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

EMPTY_LINES = re.compile(r"(\n(?:[ \t]*\n)+|\n\Z)")
Kind = Literal["same", "theirs", "yours", "both", "clash"]


class Block(NamedTuple):
    """A paragraph and the empty lines below it."""

    text: str
    gap: str


class Hunk(NamedTuple):
    """Of one side: the blocks `start` to `end` of the base became these."""

    start: int
    end: int
    now: tuple[Block, ...]


Pairs = list[tuple[int, int]]
Meeting = tuple[int, int, list[Hunk], list[Hunk]]


@dataclass(frozen=True)
class Part:
    """A stretch of the merged text. In a clash both sides wrote on the same paragraphs, and `text` holds neither."""

    kind: Kind
    text: str = ""
    theirs: str = ""
    yours: str = ""


@dataclass(frozen=True)
class Merged:
    """Both texts, laid over the one that both began with."""

    parts: tuple[Part, ...]

    @property
    def clashes(self) -> bool:
        return any(part.kind == "clash" for part in self.parts)

    @property
    def text(self) -> str:
        """The whole, where nothing clashes."""
        return joined(part.text for part in self.parts)


def merge(base: str, theirs: str, yours: str) -> Merged:
    """Lay two texts that were made of one over each other."""
    if yours == theirs:
        return Merged((Part("both", yours),))
    if base in (theirs, yours):
        return Merged((Part("yours", yours) if base == theirs else Part("theirs", theirs),))
    was, left, right = blocks(base), blocks(theirs), blocks(yours)
    here, there = _same(was, left), _same(was, right)
    changed = _meetings(_hunks(was, left, here), _hunks(was, right, there))
    return Merged(tuple(_parts(_spaced(was, (left, here), (right, there)), changed)))


def _parts(was: list[Block], changed: Iterable[Meeting]) -> Iterator[Part]:
    at = 0
    for start, end, theirs, yours in changed:
        if start > at:
            yield Part("same", _written(was[at:start]))
        yield _part(_side(was, start, end, theirs), _side(was, start, end, yours), bool(theirs), bool(yours))
        at = end
    if at < len(was):
        yield Part("same", _written(was[at:]))


def _part(theirs: str, yours: str, by_them: bool, by_you: bool) -> Part:
    if by_them and by_you and theirs.rstrip("\n") != yours.rstrip("\n"):
        return Part("clash", "", theirs, yours)
    kind: Kind = "both" if by_them and by_you else "theirs" if by_them else "yours"
    return Part(kind, theirs if by_them else yours)


def blocks(text: str) -> list[Block]:
    """The paragraphs of a text, to the letter: their texts and gaps in a row are the text."""
    pieces = [*EMPTY_LINES.split(text), ""]
    return [Block(*pair) for pair in zip(pieces[::2], pieces[1::2], strict=True) if pair != ("", "")]


def _written(some: Sequence[Block]) -> str:
    return joined(text + gap for text, gap in some)


def joined(pieces: Iterable[str]) -> str:
    """Pieces one below the other, with an empty line between any two that have none."""
    whole: list[str] = []
    for piece in filter(None, pieces):
        if whole and _foot(whole[-1]).count("\n") < 2:
            whole.append("\n\n"[_foot(whole[-1]).count("\n") :])
        whole.append(piece)
    return "".join(whole)


def _foot(piece: str) -> str:
    """The empty end of a piece."""
    return piece[len(piece.rstrip(" \t\n")) :]


def _spaced(was: list[Block], *sides: tuple[list[Block], Pairs]) -> list[Block]:
    """The base with the empty lines that a side has changed between paragraphs which it left alone."""
    spaced = list(was)
    for now, same in sides:
        for i, j in same:
            if now[j].gap.count("\n") > 1 and now[j].gap != was[i].gap:
                spaced[i] = now[j]
    return spaced


def _hunks(was: Sequence[Block], now: Sequence[Block], same: Pairs) -> list[Hunk]:
    """What became of the base, from top to foot; an empty stretch of the base is where something was put in."""
    found, i, j = [], 0, 0
    for a, b in [*same, (len(was), len(now))]:
        if a - i == b - j:  # as many as there were: each became the one in its place
            found += [Hunk(i + n, i + n + 1, (now[j + n],)) for n in range(a - i)]
        else:
            found.append(Hunk(i, a, tuple(now[j:b])))
        i, j = a + 1, b + 1
    return found


def _same(before: list[Block], after: list[Block]) -> Pairs:
    """Pairs of places at which both hold the same paragraph, rising in both.

    Those that occur once in each hold the rest in place (patience diff): it never takes more than n log n, whatever is sent.
    """
    was, now = [one.text for one in before], [one.text for one in after]
    pairs: Pairs = []
    for a, b in [*_anchors(was, now), (len(was), len(now))]:
        low = (pairs[-1][0] + 1, pairs[-1][1] + 1) if pairs else (0, 0)
        head = _run(was, now, low, (a, b), 1)
        foot = _run(was, now, (low[0] + head, low[1] + head), (a, b), -1)
        pairs += [(low[0] + n, low[1] + n) for n in range(head)]
        pairs += [(a - n, b - n) for n in range(foot, 0, -1)]
        if a < len(was):
            pairs.append((a, b))
    return pairs


def _run(was: list[str], now: list[str], low: tuple[int, int], high: tuple[int, int], step: int) -> int:
    """How many are the same from one end on, between two places."""
    most, count = min(high[0] - low[0], high[1] - low[1]), 0
    i, j = low if step > 0 else (high[0] - 1, high[1] - 1)
    while count < most and was[i + count * step] == now[j + count * step]:
        count += 1
    return count


def _anchors(was: list[str], now: list[str]) -> Pairs:
    """The longest row of paragraphs that stand once in each, in the same order in both."""
    there = _once(now)
    pairs = [(i, there[text]) for text, i in _once(was).items() if text in there]
    tops: list[int] = []  # for each length the row that ends soonest: where in `now`,
    ends: list[int] = []  # and with which pair;
    before: list[int] = []  # of each pair the one before it in its row
    for n, (_, j) in enumerate(pairs):
        place = bisect_left(tops, j)
        before.append(ends[place - 1] if place else -1)
        tops[place : place + 1] = [j]
        ends[place : place + 1] = [n]
    row, n = [], ends[-1] if ends else -1
    while n >= 0:
        row.append(pairs[n])
        n = before[n]
    return row[::-1]


def _once(texts: list[str]) -> dict[str, int]:
    """Paragraphs that occur once, and where."""
    found: dict[str, int] = {}
    for place, text in enumerate(texts):
        found[text] = -1 if text in found else place
    return {text: place for text, place in found.items() if place >= 0}


def _meetings(theirs: list[Hunk], yours: list[Hunk]) -> Iterator[Meeting]:
    """Stretches of the base that somebody changed, with the hunks of each side; those that overlap are one."""
    sides = sorted([(one.start, one.end, 0, one) for one in theirs] + [(one.start, one.end, 1, one) for one in yours])
    start, end, group = -1, -1, ([], [])  # type: ignore[var-annotated]
    for first, last, side, hunk in sides:
        if first >= end and (first, last) != (start, end):  # neither on the same paragraph nor put in at the same place
            if any(group):
                yield start, end, *group
            start, end, group = first, last, ([], [])
        group[side].append(hunk)
        end = max(end, last)
    if any(group):
        yield start, end, *group


def _side(was: list[Block], start: int, end: int, mine: list[Hunk]) -> str:
    """A stretch of the base as one side has it."""
    now, at = [], start
    for hunk in mine:
        now += [*was[at : hunk.start], *hunk.now]
        at = hunk.end
    return _written([*now, *was[at:end]])
