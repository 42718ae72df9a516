"""What is too long is cut by rule, and said: first the oldest entries of the lists that may be cut, then the ends of the longest texts."""

from typing import Any

from .asking import Ask
from .wording import block

MOST = 48_000  # bytes of a question's data
SHORTEST = 500  # characters that a cut text keeps


def fitting(ask: Ask, most: int = MOST) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The inputs as they go out, and `sent` with a word on each cut."""
    inputs, said = dict(ask.inputs), list(ask.sent)
    for name in ask.cuts:
        whole = inputs.get(name)
        if isinstance(whole, list) and size(inputs) > most:
            inputs[name] = _newest(inputs, name, whole, most)
            said.append(f"too long: the first {len(whole) - len(inputs[name])} of {len(whole)} {name} were left out")
    while size(inputs) > most and (longest := _longest(inputs)):
        place, text = longest
        if len(text) <= SHORTEST:
            break
        kept = max(SHORTEST, len(text) - max(len(text) // 4, size(inputs) - most))
        _put(inputs := _copied(inputs), place, text[:kept].rstrip() + "…")
        said = [
            *(words for words in said if not words.startswith(f"too long: {_named(place)} ")),
            f"too long: {_named(place)} was cut after {kept:,} characters",
        ]
    return inputs, tuple(words[:200] for words in said)


def size(inputs: Any) -> int:
    """Bytes as they are sent."""
    return len(block(inputs).encode())


def _newest(inputs: dict[str, Any], name: str, whole: list[Any], most: int) -> list[Any]:
    left = most - size({**inputs, name: []})
    for place in range(len(whole), 0, -1):
        left -= size(whole[place - 1]) + 2
        if left < 0:
            return whole[place:]
    return whole


def _longest(value: Any, place: tuple[Any, ...] = ()) -> tuple[tuple[Any, ...], str] | None:
    if isinstance(value, str):
        return place, value
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found = [one for name, part in inner if (one := _longest(part, (*place, name)))]
    return max(found, key=lambda one: len(one[1]), default=None)


def _copied(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _copied(one) for name, one in value.items()}
    return [_copied(one) for one in value] if isinstance(value, list) else value


def _put(value: Any, place: tuple[Any, ...], text: str) -> None:
    for step in place[:-1]:
        value = value[step]
    value[place[-1]] = text


def _named(place: tuple[Any, ...]) -> str:
    return ".".join(str(step + 1) if isinstance(step, int) else str(step) for step in place)
