"""Two people's words side by side: what templates/tasks/_conflict.html draws."""

import json
import re
from dataclasses import asdict
from datetime import date
from difflib import SequenceMatcher
from typing import Any

from django.utils import timezone

from ..actions.meeting import Conflict, Conflicting
from ..events import PRIORITIES, WORDS
from ..merging import Part
from .cards import day

MOST_WORDS = 400  # of a paragraph whose differing words are marked: to compare takes the square of them
LABELS = {"body": "comment", "text": "checklist line"}
Words = list[tuple[bool, str]]  # differs, text


def conflict_shown(no: Conflicting) -> dict[str, Any]:
    """The conflict as parts: what nobody or one of the two changed, and what both did, to choose from."""
    one = no.conflict
    is_text = isinstance(one.theirs, str) and one.field != "due"
    parts = one.parts or (Part("clash", "", _said(one, one.theirs), _said(one, one.yours)),)
    return {
        "words": no.words, "name": one.field, "label": LABELS.get(one.field) or WORDS.get(one.field, one.field),
        "by": one.by[:1].upper() + one.by[1:], "version": one.version,
        "parts": [_part(part, is_text) for part in parts], "is_long": bool(one.parts), "is_text": is_text,
        "values": json.dumps([asdict(part) for part in one.parts] or [{"kind": "clash", "theirs": one.theirs, "yours": one.yours}]),
    }  # fmt: skip


def _part(part: Part, is_text: bool) -> dict[str, Any]:
    if part.kind != "clash":
        return {"kind": part.kind, "text": part.text.rstrip()}
    theirs, yours = part.theirs.rstrip(), part.yours.rstrip()
    marked = compared(theirs, yours) if is_text else ([(False, theirs)], [(False, yours)])
    return {"kind": "clash", "theirs": marked[0], "yours": marked[1]}


def _said(one: Conflict, value: Any) -> str:
    """A value in people's words."""
    if one.field == "priority":
        return PRIORITIES[value].capitalize()
    if one.field == "due":
        return day(date.fromisoformat(value), timezone.localdate()) if value else "No due date"
    return "None" if value is None else str(value)


def compared(theirs: str, yours: str) -> tuple[Words, Words]:
    """Both, with the words marked that the other does not have."""
    left, right = (re.findall(r"\s+|\w+|[^\w\s]", text) for text in (theirs, yours))
    if max(len(left), len(right)) > MOST_WORDS or not (left and right):
        return [(False, theirs)], [(False, yours)]
    marks: tuple[Words, Words] = ([], [])
    for what, i, j, a, b in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        for side, words in zip(marks, (left[i:j], right[a:b]), strict=True):
            if words:
                side.append((what != "equal", "".join(words)))
    return marks
