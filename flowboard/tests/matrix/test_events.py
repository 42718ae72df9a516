"""CHECKS.md 10: for each event that a request provokes, a guest's view of it names no field that asking for the thing hides."""

from collections.abc import Callable
from typing import Any

import pytest

from workspaces.events import EVENTS

from .asking import Caller, ask, head, undone
from .cases import NO_VERB as NOTHING
from .cases import case, declared, expected, tenant_addresses
from .doors import VERBS
from .world import World

BASE = "/api/v1/workspaces/acme/"
# where one asks for what an event is about, by the noun of the event
ASKED: dict[str, Callable[[dict[str, Any]], str]] = {
    "task": lambda data: f"tasks/{data['key']}/",
    "project": lambda data: f"projects/{data['key']}/",
    "status": lambda data: f"projects/{data['key']}/statuses/{data['statusId']}/",
    "label": lambda data: f"projects/{data['key']}/labels/{data['labelId']}/",
    "comment": lambda data: f"tasks/{data['key']}/comments/{data['commentId']}/",
    "checklist": lambda data: f"tasks/{data['key']}/checklist/{data['checklistitemId']}/",
    "dependency": lambda data: f"tasks/{data['key']}/dependencies/",
    "link": lambda data: f"tasks/{data['key']}/attachments/{data['attachmentId']}/",
    "file": lambda data: f"tasks/{data['key']}/attachments/{data['attachmentId']}/",
    "workspace": lambda data: "",
    "member": lambda data: "members/",
    "role": lambda data: f"roles/{data['roleId']}/",
    "invitation": lambda data: "invitations/",
    "token": lambda data: "tokens/",
    "change": lambda data: f"changes/{data['changesetId']}/",
    "project:shared": lambda data: f"projects/{data['key']}/people/",
    "task:shared": lambda data: f"tasks/{data['key']}/people/",
}
# what an event says in words of its own, and where the thing says the same
SAME = {"rank": "the order of the board", "open": "archived_at", "taskId": "key", "user": "the id of a person",
        "level": "of a role, under roles/ for everybody"}  # fmt: skip
SAME |= dict.fromkeys(("blocked", "blocking"), "ids alone, of tasks that are counted where they are hidden")
SAME["left"] = "blocked_by"
SAME["of"] = "the id alone of the task that stays"
LEAST = {"viewer": 10, "task_viewer": 8, "member": 20}  # and of how many kinds of events they hear at least


@pytest.mark.parametrize("who", LEAST)
def test_an_event_tells_no_more_than_asking(
    world: World, callers: dict[str, Caller], who: str, record_property: Callable[[str, object], None]
) -> None:
    seen: set[str] = set()
    faults: list[str] = []
    for address in tenant_addresses():
        for verb in VERBS[1:]:
            asked = declared(address, verb)
            if address.door != "api" or asked in (None, NOTHING):
                continue
            one = case(world.ids, "owner", address, verb, asked, expected("owner", "api", verb, asked))  # type: ignore[arg-type]  (it is declared)
            with undone():
                before = head(world)
                ask(callers["owner"], "api", verb, one.url, one.body, one.query)
                for row in _heard(callers[who], before):
                    seen.add(row["event"])
                    faults += [f"{row['event']}: {name}" for name in _more(callers[who], row)]
    record_property("cases", len(seen))
    assert not faults
    assert seen <= set(EVENTS) and len(seen) >= LEAST[who], sorted(seen)


def _heard(caller: Caller, after: int) -> list[dict[str, Any]]:
    answer = ask(caller, "api", "get", f"{BASE}events", None, {"after": str(after)})
    rows = answer.json()["results"] if answer.status_code == 200 else []  # gone with the workspace, or with themselves
    return [row for row in rows if row["event"] != "cursor"]


def _more(caller: Caller, row: dict[str, Any]) -> list[str]:
    """The fields of the event that the thing itself does not show to this person, while it is there."""
    where = ASKED.get(row["event"]) or ASKED.get(row["event"].partition(":")[0])
    answer = ask(caller, "api", "get", BASE + where(row["data"])) if where else None
    if answer is None or answer.status_code != 200:
        return []  # of no thing; deleted, or no longer shared with them: that is what the event tells
    shown = answer.json()
    known = {name for one in shown["results"] for name in one} if "results" in shown else set(shown)
    return sorted(set(row["data"]["changed"]) - known - set(SAME))
