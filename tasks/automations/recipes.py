"""Rules that are ready to be made: what the builder begins with."""

from dataclasses import dataclass
from typing import Any

Part = dict[str, Any]


@dataclass(frozen=True)
class Recipe:
    """`why` says what it is good for; it works in any project."""

    key: str
    name: str
    why: str
    when: Part
    conditions: list[Part]
    steps: list[Part]


def _part(kind: str, value: Any = None) -> Part:
    return {"kind": kind, "value": value}


RECIPES = {
    one.key: one
    for one in (
        Recipe(
            "starter", "Whoever starts a card is on it", "Nobody forgets to put their name on what they work at.",
            _part("moved", "category:started"), [_part("unassigned")], [_part("assign", "actor")],
        ),
        Recipe(
            "overdue", "Three days overdue calls for help", "What slips is seen before it is forgotten.",
            _part("due", 3), [], [_part("priority", 4), _part("tell", "assignees"), _part("comment", "{key} was due on {due}. What does it wait for?")],
        ),
        Recipe(
            "tidy", "Finished cards are tidied", "A done card weighs on nobody’s list any more.",
            _part("finished"), [], [_part("priority", 0), _part("no_due")],
        ),
        Recipe(
            "checklist", "New cards begin with a checklist", "The same three questions for every new card.",
            _part("created"), [],
            [_part("checklist", "Says what it is for"), _part("checklist", "Has somebody on it"), _part("checklist", "Says when it is done")],
        ),
    )
}  # fmt: skip
