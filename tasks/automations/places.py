"""{key}, {title} … in the words of a rule: filled with what the card says, which stays plain text wherever it lands."""

import re
from typing import Any

from ..models import Task
from .values import PLACES

PLACE = re.compile(r"\{([^{}\n]*)\}")
MARKS = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~@:/])")


def unknown(words: str) -> str | None:
    """The first place that nothing is filled into."""
    return next((name for name in PLACE.findall(words) if name not in PLACES), None)


def filled(words: str, task: Task, *, actor: str, rule: str, markdown: bool) -> str:
    """In one pass, so that a title that looks like a place is not filled again."""
    facts = _facts(task, actor, rule)
    return PLACE.sub(lambda found: plain(facts[found[1]], markdown=markdown and found[1] != "key"), words)


def plain(words: str, *, markdown: bool) -> str:
    """No mark of it means anything: neither a link, nor a mention, nor a reference."""
    if not markdown:
        return words
    return MARKS.sub(r"\\\1", words).replace("\\@", "\\@\u2060")


def _facts(task: Task, actor: str, rule: str) -> dict[str, Any]:
    people = task.assignments.select_related("user").order_by("user__name")
    return {
        "key": task.ref, "title": task.title, "column": task.status.name, "project": task.project.name,
        "assignees": ", ".join(str(one.user) for one in people) or "nobody", "due": f"{task.due}" if task.due else "no due date",
        "actor": actor, "rule": rule,
    }  # fmt: skip
