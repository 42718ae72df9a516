"""From what a model answers to a breakdown to lines of a proposal: sizes bounded, no circle, no strange link."""

from typing import Any

from ..links import with_known_links
from .splitting import MOST_PARTS, Part

LONGEST_TITLE, LONGEST_TEXT, LONGEST_WHY, MOST_POINTS = 200, 4000, 300, 100


def parts_of(data: Any, given: Any) -> list[Part]:
    """The parts as the model names them, in its order; `given` is what it was asked about."""
    said = data.get("tasks", []) if isinstance(data, dict) else []
    parts = [_part(one, given) for one in said[:MOST_PARTS] if isinstance(one, dict)]
    return _without_circles([part for part in parts if part.title])


def _part(said: dict[str, Any], given: Any) -> Part:
    points = said.get("estimate")
    sound = isinstance(points, int) and not isinstance(points, bool) and 0 < points <= MOST_POINTS
    waits = said.get("waits_for") or []
    return Part(
        " ".join(_words(said.get("title"), given).split())[:LONGEST_TITLE], _words(said.get("description"), given)[:LONGEST_TEXT],
        points if sound else None, tuple(one - 1 for one in waits if isinstance(one, int) and not isinstance(one, bool)),
        " ".join(_words(said.get("because"), given).split())[:LONGEST_WHY],
    )  # fmt: skip


def _words(said: Any, given: Any) -> str:
    return with_known_links(said, given).strip() if isinstance(said, str) else ""


def _without_circles(parts: list[Part]) -> list[Part]:
    """What would wait for itself, on whatever way, waits for that no more."""
    reach: list[set[int]] = [set() for _ in parts]  # what each waits for, also through others
    kept = []
    for place, part in enumerate(parts):
        fine = []
        for other in dict.fromkeys(part.waits_for):
            if 0 <= other < len(parts) and other != place and place not in reach[other] | {other}:
                fine.append(other)
                gained = {other} | reach[other]
                for one in range(len(parts)):
                    if one == place or place in reach[one]:
                        reach[one] |= gained
        kept.append(Part(part.title, part.description, part.estimate, tuple(fine), part.because))
    return kept


def lines_of(parts: list[Part], *, project: str, parent: str = "", source: str = "model") -> list[dict[str, Any]]:
    """A new task for each part, below `parent`, and then who waits for whom."""
    lines = [_line(place, part, project, parent, source) for place, part in enumerate(parts, 1)]
    for place, part in enumerate(parts, 1):
        for other in part.waits_for:
            lines.append(
                {
                    "id": f"{place}-{other + 1}", "action": "add_dependency", "subject": f"${place}",
                    "arguments": {"blocking": f"${other + 1}"}, "source": source,
                    "because": f"“{parts[other].title[:80]}” has to be done first.",
                }
            )  # fmt: skip
    return lines


def _line(place: int, part: Part, project: str, parent: str, source: str) -> dict[str, Any]:
    optional = {"description": part.description, "estimate": part.estimate, "parent": parent}
    said = {"title": part.title} | {name: value for name, value in optional.items() if value}
    return {
        "id": str(place), "action": "create_task", "subject": project, "arguments": said, "because": part.because,
        "source": source,
    }  # fmt: skip
