"""The end of a workspace beside one that goes on: python -m bench.purge [--rows 1000000] [--seconds 5]

One workspace has a board and so many rows of the record with half as many acts, made by SQL; it is purged as the worker does it, in a
process that is killed with -9 three times. Another is written to by REST all the while, in turns: some seconds with the purge going on, some
with it stopped, so that both are measured in the same minutes.
"""

import argparse
import http.client
import json
import os
import signal
import statistics
import subprocess
import sys
import time
import uuid
from datetime import timedelta

from bench import _board
from bench._load import Server, serving

# isort: split
from django.db import connections
from django.utils import timezone

from bench.audit import fill
from office.actions.purging import purge
from office.models import Tombstone
from workspaces.actions import delete_workspace
from workspaces.actor import Actor
from workspaces.models import Workspace
from workspaces.verifying import faults

KILLS = 3
ACTS = """
INSERT INTO workspaces_changeset (id, workspace_id, kind, state, title, lines, undoes_id, created_at)
SELECT md5(%(workspace)s || 'act' || n)::uuid, %(workspace)s, 'edit', 'applied', 'Moved a card', '[]',
  CASE WHEN n %% 50 = 0 THEN md5(%(workspace)s || 'act' || n - 1)::uuid END, now() FROM generate_series(1, %(acts)s) n
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--end", type=uuid.UUID, help="the child: purge this one")
    options = parser.parse_args()
    if options.end:
        for alias in ("ops", "default"):
            connections[alias].ensure_connection()
        print("ready", flush=True)
        purge(options.end, until=float("inf"))
        return
    word = uuid.uuid4().hex[:6]
    by, other = _board.workspace(f"ends-{word}"), _board.workspace(f"lives-{word}")
    for one in (by, other):
        _board.board(one, 1000)
    doom(by, options.rows)
    with serving("flowboard.wsgi:application", workers=1) as server:
        writer = Writer(server, other)
        writer.write(3)
        turns(by, writer, options.seconds)
    told(by, other, writer)


def doom(by: Actor, rows: int) -> None:
    """Many rows, deleted 31 days ago."""
    began = time.perf_counter()
    fill(by, rows)
    with connections["owner"].cursor() as cursor:
        cursor.execute(ACTS, {"workspace": str(by.workspace.pk), "acts": rows // 2})
        cursor.execute("VACUUM ANALYZE")
    delete_workspace(by, confirm=by.workspace.slug)
    Workspace._base_manager.using("owner").filter(pk=by.workspace.pk).update(deleted_at=timezone.now() - timedelta(days=31))  # fmt: skip
    print(f"made {rows:,} rows of the record and {rows // 2:,} acts in {time.perf_counter() - began:.0f} s", flush=True)


class Writer:
    """One client that renames the tasks of a workspace, one after the other; `slow` and `calm` are milliseconds."""

    def __init__(self, server: Server, by: Actor) -> None:
        self.wire = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        self.path = f"/api/v1/workspaces/{by.workspace.slug}/tasks/BEN-"
        self.headers = {"Authorization": f"Token {_board.token(by)}", "Content-Type": "application/json"}
        self.number, self.slow, self.calm = 0, [], []  # type: ignore[var-annotated]

    def write(self, seconds: float) -> list[float]:
        until, found = time.perf_counter() + seconds, []
        while time.perf_counter() < until:
            self.number += 1
            began = time.perf_counter()
            body = json.dumps({"title": f"Renamed {self.number}"})
            self.wire.request("PATCH", f"{self.path}{1 + self.number % 1000}/", body, self.headers)
            answer = self.wire.getresponse()
            text = answer.read()
            if answer.status != 200:
                raise SystemExit(f"{answer.status} {text[:300]!r}")
            found.append((time.perf_counter() - began) * 1000)
        return found


def turns(by: Actor, writer: Writer, seconds: float) -> None:
    """Until nothing is left of it."""
    child, kills, busy = start(by), 0, 0.0
    while child.poll() is None:
        began = time.perf_counter()
        child.send_signal(signal.SIGCONT)
        writer.slow += writer.write(seconds)
        busy += time.perf_counter() - began
        if kills < KILLS and child.poll() is None:
            child.kill()
            child.wait()
            child, kills = start(by), kills + 1
        child.send_signal(signal.SIGSTOP)
        time.sleep(0.2)
        writer.calm += writer.write(seconds)
    if child.returncode:
        raise SystemExit(f"the purge ended with {child.returncode}")
    stone = Tombstone.objects.using("ops").get(tenant=by.workspace.pk)
    print(f"{stone.rows:,} rows removed in {busy:.0f} s ({stone.rows / busy:,.0f} a second, with its pauses), killed {kills} times", flush=True)  # fmt: skip


def start(by: Actor) -> "subprocess.Popen[bytes]":
    """It stands still until it is told to go on."""
    child = subprocess.Popen([sys.executable, "-m", "bench.purge", "--end", str(by.workspace.pk)], env=os.environ, stdout=subprocess.PIPE)  # fmt: skip
    assert child.stdout is not None and child.stdout.readline()
    child.send_signal(signal.SIGSTOP)
    return child


def told(by: Actor, other: Actor, writer: Writer) -> None:
    print(f"{'writes to another workspace (ms)':34} {'number':>8} {'p50':>7} {'p95':>7} {'p99':>7} {'longest':>8}")
    for name, times in (("with the purge stopped", writer.calm), ("while it goes on", writer.slow)):
        cuts = statistics.quantiles(times, n=100)
        print(f"{name:34} {len(times):8,} {cuts[49]:7.1f} {cuts[94]:7.1f} {cuts[98]:7.1f} {max(times):8.1f}")
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM workspaces_activitylog WHERE workspace_id = %s", [by.workspace.pk])
        left = cursor.fetchone()[0]
    print(f"{left} rows left; {len(list(faults(other.workspace.pk)))} faults in the other's record", flush=True)


if __name__ == "__main__":
    main()
