"""Keeps how many open cards each column holds, from the rows of the record."""

from collections import Counter

from django.db import connection

from workspaces.spine import Act

ENTERS = {"task:created", "task:restored", "task:recovered", "task:arrived"}
LEAVES = {"task:archived", "task:deleted", "task:left"}


def count(act: Act) -> None:
    """Runs under the workspace's counter lock, so that two movers never wait for each other's columns."""
    changes: Counter[str] = Counter()
    for row in act.rows:
        if row.event in ENTERS and row.after.get("open", True):
            changes[row.after["status"]["id"]] += 1
        elif row.event in LEAVES and row.before.get("open", True):
            changes[row.before["status"]["id"]] -= 1
        elif row.event == "task:moved" and row.after.get("open", True):
            changes[row.after["status"]["id"]] += 1
            changes[row.before["status"]["id"]] -= 1
    _apply(act, {status: change for status, change in changes.items() if change})


def _apply(act: Act, changes: dict[str, int]) -> None:
    if not changes:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE tasks_statustally AS t SET open = t.open + c.change"
            " FROM unnest(%s::uuid[], %s::int[]) AS c(status_id, change)"
            " WHERE t.workspace_id = %s AND t.status_id = c.status_id",
            [list(changes), list(changes.values()), act.by.workspace.pk],
        )
