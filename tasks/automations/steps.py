"""What a rule does: each step is one verb of the product, run with the keeper's rights."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from workspaces.actor import Actor
from workspaces.errors import Refused

from .. import actions
from ..actions.fields import there
from ..models import Task
from ..people import people_for
from .places import filled
from .values import ASSIGNEE, COLUMN, COMMENT, DAYS, LABEL, NOTHING, PERSON, PRIORITY, TITLE, WHOM, Value, column_of

MOST = 5


@dataclass
class Doing:
    """A run at work: on whose behalf, on which card, what set it off and which rule it is."""

    by: Actor
    task: Task
    rule: str
    actor: User | None = None

    def words(self, kept: str, *, markdown: bool) -> str:
        """A text of the rule with its places filled."""
        who = str(self.actor) if self.actor else "the calendar"
        return filled(kept, self.task, actor=who, rule=self.rule, markdown=markdown)

    def people(self, kept: str) -> list[User]:
        """Those whom a value stands for."""
        if kept == "assignees":
            return there(self.task, "assignees")
        ids = (
            {"actor": self.actor and self.actor.pk, "creator": self.task.creator_id}.get(kept) if kept in WHOM else kept
        )
        found = people_for(self.by, self.task.project, self.task).filter(user_id=ids).first() if ids else None
        if found is None and kept not in WHOM:
            raise Refused("The person it names cannot see this card, or is not here any more.")
        return [found.user] if found else []


@dataclass(frozen=True)
class Step:
    """`run` (doing, value) calls the verb; it raises what the verb raises."""

    words: str
    value: Value
    run: Callable[[Doing, Any], Any]


def _move(doing: Doing, value: str) -> None:
    to = column_of(doing.task, value)
    if doing.task.status_id != to.pk:
        last = to.tasks.open().filter(workspace=to.workspace_id).order_by("-rank").first()
        actions.move_task(doing.by, doing.task, to=to, after=last)


def _update(doing: Doing, **fields: Any) -> None:
    actions.update_task(doing.by, doing.task, **fields)


def _people(doing: Doing, value: str, add: bool) -> None:
    now, meant = there(doing.task, "assignees"), doing.people(value)
    _update(doing, assignees=_set(now, meant, add))


def _label(doing: Doing, value: str, add: bool) -> None:
    label = doing.task.project.labels.filter(pk=value, deleted_at=None).first()
    if label is None:
        raise Refused("The label it names is gone.")
    label.project = doing.task.project
    _update(doing, labels=_set(there(doing.task, "labels"), [label], add))


def _set(now: Iterable[Any], meant: Iterable[Any], add: bool) -> list[Any]:
    """What is there with those, or without."""
    found = {one.pk: one for one in now}
    for one in meant:
        if add:
            found.setdefault(one.pk, one)
        else:
            found.pop(one.pk, None)
    return list(found.values())


def _comment(doing: Doing, value: str) -> None:
    actions.create_comment(doing.by, doing.task, body=doing.words(value, markdown=True))


def _subtask(doing: Doing, value: str) -> None:
    title = doing.words(value, markdown=False)[:300]
    actions.create_task(doing.by, doing.task.project, title=title, parent=doing.task)


def _checklist(doing: Doing, value: str) -> None:
    actions.add_checklist_item(doing.by, doing.task, text=doing.words(value, markdown=False)[:500])


def _tell(doing: Doing, value: str) -> None:
    for person in doing.people(value):
        actions.bring_up_task(doing.by, doing.task, person=person, words=doing.rule)


def _due(doing: Doing, value: int) -> None:
    _update(doing, due=timezone.localdate() + timedelta(days=value))


STEPS: dict[str, Step] = {
    "move": Step("move it to {value}", COLUMN, _move),
    "assign": Step("assign it to {value}", PERSON, lambda doing, value: _people(doing, value, True)),
    "unassign": Step("take {value} off it", PERSON, lambda doing, value: _people(doing, value, False)),
    "unassign_all": Step("take everybody off it", NOTHING, lambda doing, value: _update(doing, assignees=[])),
    "label": Step("add the label {value}", LABEL, lambda doing, value: _label(doing, value, True)),
    "unlabel": Step("remove the label {value}", LABEL, lambda doing, value: _label(doing, value, False)),
    "priority": Step("set its priority to {value}", PRIORITY, lambda doing, value: _update(doing, priority=value)),
    "due": Step("make it due in {value} days", DAYS, _due),
    "no_due": Step("remove its due date", NOTHING, lambda doing, value: _update(doing, due=None)),
    "comment": Step("comment {value}", COMMENT, _comment),
    "subtask": Step("create the subtask {value}", TITLE, _subtask),
    "checklist": Step("add {value} to its checklist", TITLE, _checklist),
    "tell": Step("tell {value}", ASSIGNEE, _tell),
    "archive": Step("archive it", NOTHING, lambda doing, value: actions.archive_task(doing.by, doing.task)),
}


def run_steps(doing: Doing, steps: list[dict[str, Any]]) -> None:
    """One after another; raises Refused with the number of the step that could not be done."""
    for number, step in enumerate(steps, 1):
        try:
            STEPS[step["kind"]].run(doing, step["value"])
        except Refused as no:
            raise Refused(f"Step {number}: {no.words}") from no
