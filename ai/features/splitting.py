"""A text becomes parts by its own lines, without a model: list items, or lines; `(3)` or `3 points` at the end is the estimate."""

import re
from dataclasses import dataclass

MOST_PARTS = 20
ITEM = re.compile(r"^\s*(?:[-*+•]|\d{1,3}[.)]|\[[ xX]\])\s+(?:\[[ xX]\]\s+)?(.+)$")
POINTS = re.compile(
    r"\s*[(\[]\s*(\d{1,3})\s*(?:p|pt|pts|points?)?\s*[)\]]\s*$|\s+(\d{1,3})\s*(?:pt|pts|points?)\s*$", re.I
)
MARKS = re.compile(r"[*_`~]{1,3}")


@dataclass(frozen=True)
class Part:
    """A piece of work; `waits_for` are places of others, counted from 0."""

    title: str
    description: str = ""
    estimate: int | None = None
    waits_for: tuple[int, ...] = ()
    because: str = ""


def split(text: str) -> list[Part]:
    """The parts that the text's lines name; none where there are fewer than two."""
    lines = [line for line in text.splitlines() if line.strip()]
    items = [match[1] for line in lines if (match := ITEM.match(line))]
    found = items if len(items) > 1 else [line for line in lines if not line.lstrip().startswith("#")]
    parts = [part for line in found[:MOST_PARTS] if (part := _part(line)).title]
    return parts if len(parts) > 1 else []


def _part(line: str) -> Part:
    points = POINTS.search(line)
    title = MARKS.sub("", POINTS.sub("", line)).strip(" \t-–:;")[:200]
    return Part(title, estimate=int(points[1] or points[2]) if points else None, because="A line of the text.")
