"""Order inside a column: text ranks, of which there is always one between two neighbours."""

from bisect import bisect_left
from collections.abc import Sequence

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"  # in code point order
LONG = 40  # a column is ranked anew when a rank grows beyond this


def between(low: str, high: str) -> str:
    """A rank above `low` and below `high`; "" is an open end. Never ends in the lowest digit, so there is always room."""
    assert not high or low < high, (low, high)
    prefix = ""
    while True:
        floor = DIGITS.index(low[0]) if low else 0
        ceiling = DIGITS.index(high[0]) if high else len(DIGITS)
        if ceiling - floor > 1:
            return prefix + DIGITS[_step(floor, ceiling, bool(low), bool(high))]
        prefix += DIGITS[floor]
        low = low[1:]
        if ceiling != floor:
            high = ""
        else:
            high = high[1:]


def _step(floor: int, ceiling: int, low: bool, high: bool) -> int:
    """Towards an open end by small steps, so that a thousand additions there stay short; else the middle."""
    if low and not high:
        return floor + 1
    return ceiling - 1 if high and not low else (floor + ceiling) // 2


def spread(count: int) -> list[str]:
    """`count` ranks of equal length, evenly spaced: for an import, and for a column whose ranks grew long."""
    width = 1
    while len(DIGITS) ** width < (count + 1) * 8:
        width += 1
    room = len(DIGITS) ** width // (count + 1)
    return [_written((place + 1) * room, width) for place in range(count)]


def followed(ranks: Sequence[str], rank: str) -> str:
    """What a rank of a column became when its `ranks` were spread anew: the new one of its row, or one between the same two."""
    now, place = spread(len(ranks)), bisect_left(ranks, rank)
    if place < len(ranks) and ranks[place] == rank:
        return now[place]
    return between(now[place - 1] if place else "", now[place] if place < len(now) else "")


def _written(number: int, width: int) -> str:
    digits = ""
    for _ in range(width):
        number, digit = divmod(number, len(DIGITS))
        digits = DIGITS[digit] + digits
    return digits.rstrip(DIGITS[0]) or DIGITS[1]
