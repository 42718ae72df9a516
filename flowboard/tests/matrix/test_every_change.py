"""Whatever a request changes stands in the record, and so goes out as an event: all addresses of a workspace, both doors."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

from .asking import Caller, ask, head, undone
from .cases import NO_VERB, cases
from .world import World

TRIED = re.compile(r"/automations/\{rule\}/try/$")  # does it and takes it back
WRITTEN = re.compile(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM) "(\w+)"')
TOUCH = re.compile(r'UPDATE "workspaces_accesstoken" SET "last_used_at" = \S+ WHERE')  # when a token was used last
# what changes without an event, and why
SILENT = {
    "workspaces_activitylog": "the record itself",
    "workspaces_changeset": "the record itself",
    "workspaces_stream": "the record itself",
    "workspaces_draft": "one's own words, not saved yet",
    "tasks_importrun": "a run that waits; what it makes is told, and its page asks",
    "ai_airun": "a run that waits, as with imports",
    **dict.fromkeys(
        ("tasks_notification", "tasks_watch"), "one's own inbox: it has a bell of its own, for one's own sockets"
    ),
    "tasks_automationcursor": "how far rules have been asked",
    "ai_aichoice": "whether one wants the AI for oneself",
    **dict.fromkeys(("tasks_notificationpreference", "tasks_notificationschedule"), "how one wants to be told"),
}


@contextmanager
def written() -> Iterator[set[str]]:
    """The tables in which rows change meanwhile."""
    found: set[str] = set()

    def note(execute: Any, sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        answer = execute(sql, params, many, context)
        if (named := WRITTEN.match(sql)) and not TOUCH.match(sql) and context["cursor"].rowcount > 0:
            found.add(named[1])
        return answer

    with connection.execute_wrapper(note):
        yield found


def test_what_changes_is_told(world: World, callers: dict[str, Caller]) -> None:
    untold, told = set(), 0
    for one in cases(world, "owner"):
        if one.verb == "get" or one.asked is NO_VERB:
            continue
        with undone(), written() as tables:
            before = head(world)
            ask(callers["owner"], one.door, one.verb, one.url, one.body, one.query)
            rows = head(world) - before
        told += rows > 0
        if tables - set(SILENT) and not rows and not TRIED.search(one.name):
            untold.add(f"{one.verb} {one.name}: {', '.join(sorted(tables - set(SILENT)))}")
    assert not untold, "\n".join(sorted(untold))
    assert told > 80
