"""Whether an answer is the declared one, and whether it says more than its reader may know."""

from collections.abc import Iterable
from typing import Any

from .asking import Caller, ask, head, undone
from .cases import Case
from .world import HIDDEN, INSIDERS, OPEN, OTHER, OURS, THEIRS, World

# who may read which of the planted words; all others never, in no answer of any status
NEVER: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("anonymous", "eve", "revoked", "expired"), (OURS, OPEN, OTHER, HIDDEN)),
    **dict.fromkeys(("helper", "guest"), (OPEN, OTHER, HIDDEN)),
    **dict.fromkeys(("task_viewer", "task_commenter", "task_editor"), (OTHER, HIDDEN)),
    **dict.fromkeys(("admin", "lead", "member", "viewer", "commenter", "editor"), (HIDDEN,)),
    **dict.fromkeys(("owner", "reader"), (THEIRS,)),
    "stray": (OURS, OPEN, OTHER, HIDDEN),
}


def faults(world: World, caller: Caller, cases: Iterable[Case]) -> tuple[int, list[str]]:
    """How many cases there were, and what is wrong, case by case."""
    count, found = 0, []
    before = head(world)
    for one in cases:
        count += 1
        with undone():
            answer = ask(caller, one.door, one.verb, one.url, one.body, one.query)
            grown = head(world) - before if one.verb != "get" else 0
            found += [f"{one}: {fault}" for fault in judge(one, answer, grown)]
    return count, found


def judge(case: Case, answer: Any, grown: int) -> list[str]:
    found = []
    if not any(is_as_said(answer, said) for said in case.expected):
        found.append(f"{answer.status_code} {answer.content[:200]!r} is not {case.expected}")
    elif answer.status_code >= 400 and grown:
        found.append("refused, and yet it is in the record")
    elif (
        case.expected == ("ok",) and case.verb != "get" and not grown and not case.asked.silent and case.who == "owner"
    ):
        found.append("done, and the record does not tell")
    return found + [f"its answer of {answer.status_code} tells of {word!r}" for word in told(case.who, answer)]


def is_as_said(answer: Any, said: int | str) -> bool:
    """`ok` is done or shown, or leads on; to the sign-in page leads no success."""
    away = answer.status_code == 302 and answer["Location"].startswith("/accounts/login/")
    if said == "sign in":
        return away
    if said == "ok":
        return 200 <= answer.status_code < 300 or (answer.status_code == 302 and not away)
    return bool(answer.status_code == said)


def told(who: str, answer: Any) -> list[str]:
    """Words that this reader must not see, in the body or in a header."""
    heard = answer.getvalue() if answer.streaming else answer.content
    headers = {name: value for name, value in answer.headers.items() if name != "Location"}  # it repeats the question
    heard += repr(headers).encode()
    heard = heard.lower()
    return [word for word in (*NEVER[who], *((THEIRS,) if who in INSIDERS else ())) if word.encode() in heard]
