"""Bars drawn on the server: SVG without script, each bar with its words."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

WIDTH, HEIGHT, FOOT = 320, 64, 16


@dataclass(frozen=True)
class Bar:
    """A rectangle in the drawing's units."""

    x: float
    y: float
    width: float
    height: float
    words: str


@dataclass(frozen=True)
class Chart:
    """What the template draws; `words` is the whole of it for who does not see it."""

    bars: list[Bar]
    first: str
    last: str
    words: str
    most: str = ""
    width: int = WIDTH
    height: int = HEIGHT + FOOT
    base: int = HEIGHT
    foot: int = HEIGHT + FOOT - 3
    middle: int = WIDTH // 2


def by_day(counts: dict[date, int], *, days: int, today: date, what: str) -> Chart:
    """The last days up to today, those without a row as nothing."""
    span = [today - timedelta(days=days - 1 - number) for number in range(days)]
    values = [counts.get(day, 0) for day in span]
    return Chart(
        bars(values, [f"{day:%-d %b}: {value:,}" for day, value in zip(span, values, strict=True)]), f"{span[0]:%-d %b}", f"{span[-1]:%-d %b}",
        f"{what}, {days} days: {sum(values):,} in all, most {max(values):,} on a day",
        f"most {max(values):,} a day" if any(values) else "none",
    )  # fmt: skip


def standing(values: dict[date, int], *, days: int, today: date, what: str, say: Callable[[int], str]) -> Chart:
    """How something stood on each of the last days; a day that nobody counted is as the one before it."""
    span, last, stood = [today - timedelta(days=days - 1 - number) for number in range(days)], 0, []
    for day in span:
        last = values.get(day, last)
        stood.append(last)
    return Chart(
        bars(stood, [f"{day:%-d %b}: {say(value)}" for day, value in zip(span, stood, strict=True)]), f"{span[0]:%-d %b}", f"{span[-1]:%-d %b}",
        f"{what}, {days} days: {say(stood[0])} at first, {say(stood[-1])} now, most {say(max(stood))}",
    )  # fmt: skip


def bars(values: Sequence[int], words: Sequence[str]) -> list[Bar]:
    """As high as they are many; a day with something shows at least a line."""
    most, step = max([*values, 1]), WIDTH / max(len(values), 1)
    heights = [max(value / most * (HEIGHT - 2), 1.5 if value else 0) for value in values]
    return [
        Bar(round(number * step + 1, 1), round(HEIGHT - high, 1), round(step - 2, 1), round(high, 1), said)
        for number, (high, said) in enumerate(zip(heights, words, strict=True))
    ]
