"""Breaking down: a task, or a text that somebody pasted, becomes a proposal of tasks. Without a model the text's own lines are the parts."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from tasks.models import Project, Task
from workspaces import tenancy
from workspaces.actions.proposals import sift_lines
from workspaces.actor import Actor
from workspaces.errors import Refused

from ..actions.proposing import propose
from ..asking import Answer, Ask
from ..errors import UNANSWERED
from ..runs import Running
from .files import file_names, files_sent
from .parts import lines_of, parts_of
from .scene import below, cuts_of, head_of, project_again, receipt_shown, task_again
from .splitting import MOST_PARTS, Part, split

NO_LINES = "A text is split by its lines: write two or more, one for each part."
NO_PARTS = "The model named no parts: nothing is proposed."


@dataclass(frozen=True)
class Source:
    """What is broken down."""

    project: Project
    task: Task | None
    text: str

    @classmethod
    def of(cls, by: Actor, inputs: dict[str, Any]) -> "Source":
        if key := inputs.get("task"):
            task = task_again(by, key)
            return cls(task.project, task, task.description)
        return cls(project_again(by, inputs["project"]), None, inputs["text"])

    @property
    def title(self) -> str:
        task = self.task
        return f"Break down {task.ref} {task.title}" if task else f"Tasks from a text for {self.project.name}"


def break_down(run: Running) -> None:
    """The job: read, ask, check, propose."""
    run.tell(5, "Reading")
    with tenancy.workspace(run.by.workspace.pk, atomic=True):
        source = Source.of(run.by, run.inputs)
        ask = _ask(run.by, source)
    answer, why = (None, "") if run.inputs.get("lines") else _asked(run, ask)
    parts = parts_of(answer.data, ask.inputs) if answer else split(source.text)
    if not parts:
        raise Refused(NO_PARTS if answer else f"{why} {NO_LINES}".strip())
    run.tell(80, "Checking each part")
    with run.finishing() as done:
        lines = _lines(run.by, source, parts, "model" if answer else "rule")
        said, receipt = _summary(lines, answer, why), answer and answer.receipt
        change = propose(run.by, title=source.title[:300], lines=lines, run=run.id, receipt=receipt, summary=said)
        page = reverse("change", args=[run.by.workspace.slug, change.pk])
        done.change = change
        done.result = {"summary": said, "page": page, "receipt": receipt and receipt_shown(receipt)}


def _asked(run: Running, ask: Ask) -> tuple[Answer | None, str]:
    """The model's answer; or why there is none, and the way without it takes over."""
    run.tell(20, "Asking the model")
    try:
        return run.ask(ask, again=bool(run.inputs.get("again"))), ""
    except UNANSWERED as no:
        return None, no.words


def _ask(by: Actor, source: Source) -> Ask:
    head, task = head_of(by), source.task
    if task is None:
        return Ask("breakdown", {"text": source.text}, head, (source.project.pk,), sent=("the text that you pasted",))
    subtasks = below(by, task)
    checklist = list(task.checklist.filter(deleted_at=None).order_by("rank").values_list("text", flat=True)[:100])
    files = file_names(task)
    said = {"title": task.title, "description": task.description} | ({"files": files} if files else {})
    sent = [f"title and description of {task.ref}", *files_sent(files)]
    sent += [f"the titles of its {len(subtasks)} subtasks"] if subtasks else []
    sent += [f"its {len(checklist)} checklist lines"] if checklist else []
    inputs = {"task": said, "subtasks": subtasks, "checklist": checklist}
    return Ask("breakdown", inputs, head, (task.project_id,), (task.pk,), tuple(sent), ("checklist", "subtasks"))


def _lines(by: Actor, source: Source, parts: list[Part], made_by: str) -> list[dict[str, Any]]:
    """Those that can be proposed. Raises Refused where none can."""
    parent = source.task.ref if source.task else ""
    lines, faults = sift_lines(by, lines_of(parts, project=source.project.key, parent=parent, source=made_by))
    if not lines:
        raise faults[0]
    return lines


def _summary(lines: list[dict[str, Any]], answer: Answer | None, why: str) -> str:
    made = sum(line["action"] == "create_task" for line in lines)
    said = [f"{made} task{'' if made == 1 else 's'} proposed."]
    if answer is None:
        most = f" (at most {MOST_PARTS})" if made == MOST_PARTS else ""
        return " ".join([*said, f"They are the lines of the text itself{most}.", why]).strip()
    return " ".join([*said, *cuts_of(answer.receipt)])
