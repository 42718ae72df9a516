"""Whether an answer is what the prompt's schema asks for."""

import json
from typing import Any

from .cleaning import clean


class Unfit(ValueError):
    """Why it is not, in words that the model is told."""


def checked(text: str, schema: dict[str, Any]) -> Any:
    """The JSON value of the answer, without what nobody sees: JSON can also spell that in letters. Raises Unfit."""
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import best_match

    value = clean(_loaded(text))
    fault = best_match(Draft202012Validator(schema).iter_errors(value))
    if fault is not None:
        raise Unfit(f"{_place(fault.absolute_path)}: {fault.message[:200]}")
    return value


def _loaded(text: str) -> Any:
    """Some models put a fence around it, whatever they are told."""
    text = text.strip()
    if text.startswith("```"):
        text = text.partition("\n")[2].rpartition("```")[0]
    try:
        return json.loads(text, parse_constant=_no_number)
    except RecursionError:
        raise Unfit("it is nested too deeply") from None
    except ValueError as error:
        raise Unfit(f"it is no JSON ({str(error)[:100]})") from None


def _no_number(word: str) -> None:
    raise ValueError(f"{word} is no JSON")


def _place(path: Any) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).lstrip(".") or "the answer"
