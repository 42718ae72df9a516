"""The one frame that is taken from clients, `presence:here`: read strictly, and never passed on as it came."""

import re
from dataclasses import dataclass
from typing import Any

import orjson

HERE = "presence:here"
PAGES = frozenset(
    "board list calendar timeline insights task home inbox my-work search activity members settings other".split()
)
FIELDS = frozenset("title description comment checklist subtask".split())
KEY = re.compile(r"[A-Z][A-Z0-9]{1,7}")
REF = re.compile(r"([A-Z][A-Z0-9]{1,7})-([1-9][0-9]{0,8})")
NAMES = frozenset({"event", "page", "project", "task", "field", "away"})


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody says is in front of them. Keys and numbers only: whether such things are there is asked next."""

    page: str
    project: str = ""
    number: int = 0
    field: str = ""
    away: bool = False


def understood(text: str) -> Said | None:
    """None for whatever is not such a frame to the letter."""
    try:
        said = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(said, dict) or said.get("event") != HERE or not said.keys() <= NAMES:
        return None
    page, away = said.get("page"), said.get("away", False)
    if not (isinstance(page, str) and page in PAGES and isinstance(away, bool)):
        return None
    return _placed(page, said.get("project"), said.get("task"), said.get("field"), away)


def _placed(page: str, project: Any, task: Any, field: Any, away: bool) -> Said | None:
    """A task is one of the project, and a field one of the task."""
    key, found = _matched(KEY, project), _matched(REF, task)
    wrong = (project is not None and key is None) or (task is not None and found is None)
    if wrong or (key and found and found[1] != key[0]):
        return None
    if field is not None and not (found and isinstance(field, str) and field in FIELDS):
        return None
    name = found[1] if found else key[0] if key else ""
    return Said(page, name, int(found[2]) if found else 0, field or "", away)


def _matched(pattern: re.Pattern[str], text: Any) -> re.Match[str] | None:
    return pattern.fullmatch(text) if isinstance(text, str) else None
