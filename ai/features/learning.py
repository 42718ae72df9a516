"""What earlier answers say of a suggestion: what was dropped goes, what was taken is suggested by rule."""

from collections import Counter
from dataclasses import replace

from workspaces.models import ChangeSet

from ..models import TriageVerdict
from .triaging import Scene, Suggestion, suggestion_of

DROPPED = 2  # more noes than yeses to the like, after which it is not suggested again
TAKEN = 2  # yeses, after which it is suggested by itself
LATEST = 500


def learned(scene: Scene, found: list[Suggestion]) -> list[Suggestion]:
    """The suggestions less what was dropped, and with what is mostly taken for tasks like this one."""
    taken, dropped, here = _verdicts(scene)
    kept = [one for one in found if one.id not in here and dropped[one.id] - taken[one.id] < DROPPED]
    kept = [replace(one, because=f"{one.because} {_times(taken[one.id])}") if taken[one.id] else one for one in kept]
    known, fields = {one.id for one in kept}, {one.field for one in kept}
    for key, count in taken.most_common():
        field, _, value = key.partition(":")
        free = field == "label" or (field in ("assignee", "priority") and field not in fields)
        if count < TAKEN or count <= dropped[key] or key in known | here or not free:
            continue
        if made := suggestion_of(scene, field, value, _times(count), "rule"):
            kept.append(made)
            fields.add(field)
    return kept


def _times(count: int) -> str:
    return f"Taken {count if count > 1 else 'once'}{' times' if count > 1 else ''} for tasks like this one."


def _verdicts(scene: Scene) -> tuple[Counter[str], Counter[str], set[str]]:
    """Yeses and noes to the like in this project, and what was answered for this very task. A yes that was undone is a no."""
    rows = TriageVerdict.objects.within(scene.by.workspace).filter(task__project=scene.project)
    like = rows.filter(stems__overlap=sorted(scene.stems) or [""]).order_by("-created_at")
    taken: Counter[str] = Counter()
    dropped: Counter[str] = Counter()
    for field, value, change, state in like.values_list("field", "value", "change_id", "change__state")[:LATEST]:
        stands = change is not None and state != ChangeSet.State.UNDONE
        (taken if stands else dropped)[f"{field}:{value}"] += 1
    own = rows.filter(task=scene.task).values_list("field", "value") if scene.task else ()
    return taken, dropped, {f"{field}:{value}" for field, value in own}
