"""What somebody wants written: checked, and put together with what they may see of the task it is for."""

from dataclasses import dataclass
from typing import Any

from tasks.models import Comment, Task
from tasks.reading.finding import find_task
from workspaces.actor import Actor
from workspaces.errors import Refused
from workspaces.models import Stream
from workspaces.rules import line, text
from workspaces.scopes import must_allow

from .asking import Ask
from .features.files import file_names, files_sent

DRAFT, REWRITE, SUMMARISE, TRANSLATE = PURPOSES = (
    "write.draft", "write.rewrite", "write.summarise", "write.translate",
)  # fmt: skip
PLACES = ("description", "comment")
HOW = {
    "shorter": "shorter, without losing a fact",
    "longer": "fuller, without inventing a fact",
    "clearer": "easier to understand: plain words, short sentences, a list where there are several things",
    "friendlier": "in a friendlier tone",
    "formal": "in a more formal tone",
    "fix": "with spelling, grammar and punctuation put right, and nothing else changed",
}
LONGEST, LONGEST_WISH, LONGEST_LANGUAGE = 100_000, 2_000, 40
ROOM = 200  # tokens
TALK = 30  # comments that a draft is written from; a summary reads all


@dataclass(frozen=True)
class Wanted:
    """One wish. `text` is what stands in the field, or the selected part of it."""

    purpose: str
    task: str = ""
    place: str = "description"
    text: str = ""
    wanted: str = ""
    how: str = ""
    language: str = ""


def ask_of(by: Actor, wish: Wanted) -> Ask:
    """The question with all that the model needs for it. Raises Refused for what is missing, Http404 for a task that is not theirs."""
    if wish.purpose == SUMMARISE and not wish.task:
        raise Refused("Say of which task the comments are to be summarised.", "task")
    head = Stream.objects.within(by.workspace).values_list("head", flat=True)[0]  # before anything is read
    task = _task(by, wish)
    inputs, sent = _own(wish)
    if task is not None and wish.purpose in (DRAFT, SUMMARISE):
        inputs, sent = _with_task(task, wish, inputs, sent)
    return Ask(
        wish.purpose, inputs, read_seq=head, projects=(task.project_id,) if task else (),
        subjects=(task.pk if task else by.user.pk,), sent=tuple(sent), cuts=("comments",), most=_most(wish),
    )  # fmt: skip


def _most(wish: Wanted) -> int | None:
    """Tokens: what is only put in other words is about as long as it was; in another writing it takes more of them."""
    size = len(wish.text.encode())
    if wish.purpose == TRANSLATE:
        return ROOM + 2 * size
    return ROOM + (size if wish.how == "longer" else size // 2) if wish.purpose == REWRITE else None


def _task(by: Actor, wish: Wanted) -> Task | None:
    if not wish.task:
        return None
    must_allow(by.scopes, "tasks:read")  # what is asked about is read to the caller, too
    return find_task(by, wish.task)


def _own(wish: Wanted) -> tuple[dict[str, Any], list[str]]:
    """What the person gave, as far as this wish needs it."""
    if wish.purpose == SUMMARISE:
        return {}, []
    written = text(wish.text, "text", longest=LONGEST).strip()
    if wish.purpose == DRAFT:
        said = line(wish.wanted, "wanted", longest=LONGEST_WISH, name="what to write")
        inputs = {"wanted": said, "place": wish.place}
        return (
            (inputs | {"so_far": written}, ["what you asked for", "what stands in the field"])
            if written
            else (inputs, ["what you asked for"])
        )
    if not written:
        raise Refused("There is no text yet: write some first, or ask for a draft.", "text")
    if wish.purpose == REWRITE:
        if wish.how not in HOW:
            raise Refused(f"Say how: {', '.join(HOW)}.", "how")
        return {"text": written, "how": HOW[wish.how]}, ["the text"]
    return {"text": written, "language": line(wish.language, "language", longest=LONGEST_LANGUAGE)}, ["the text"]


def _with_task(task: Task, wish: Wanted, inputs: dict[str, Any], sent: list[str]) -> tuple[dict[str, Any], list[str]]:
    comments = _comments(task, None if wish.purpose == SUMMARISE else TALK)
    if wish.purpose == SUMMARISE and not comments:
        raise Refused(f"Nobody has commented on {task.ref} yet: there is nothing to summarise.", "task")
    checklist = list(task.checklist.filter(deleted_at=None).order_by("rank").values_list("text", "done")[:100])
    about: dict[str, Any] = {
        "key": task.ref, "title": task.title, "description": task.description, "status": task.status.name,
        "checklist": [{"text": words, "done": done} for words, done in checklist],
    }  # fmt: skip
    if files := file_names(task):
        about["files"] = files
    told = ["title", "description", "status", *(["checklist"] if checklist else [])]
    said = [f"{', '.join(told)} of {task.ref}", *files_sent(files)]
    if comments:
        said.append(
            f"{len(comments)} comment{'' if len(comments) == 1 else 's'} on {task.ref}, with their authors' names"
        )
    return inputs | {"task": about, "comments": comments}, [*sent, *said]


def _comments(task: Task, newest: int | None) -> list[dict[str, str]]:
    """The oldest first."""
    rows = Comment.objects.filter(workspace=task.workspace_id, task=task, deleted_at=None).select_related("author")
    found = list(rows.order_by("-created_at", "-pk")[:newest])
    return [
        {
            "by": str(row.author or row.author_name or "somebody"),
            "at": f"{row.created_at:%Y-%m-%d %H:%M}",
            "text": row.body,
        }
        for row in reversed(found)
    ]
