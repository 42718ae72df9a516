"""The audit page over a long record: python -m bench.audit [--rows 1000000] [--requests 20]

The rows are copies of some that the product wrote, for reading alone is measured: spread over a year, 20 people and all doors, with
a rare event and a rare door among them. Each filter is asked for as a browser does, and its plan named. The export is read to its end while the memory of the server is looked at.
"""

import argparse
import http.client
import statistics
import time
import uuid
from urllib.parse import urlencode

from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from bench import _board
from bench._load import Server, serving
from bench.web import session
from workspaces import tenancy
from workspaces.actor import Actor
from workspaces.audit import Audit, read_asked
from workspaces.models import ActivityLog, Membership

RARE = 50_000  # one row in so many
COPY = """
INSERT INTO workspaces_activitylog (id, workspace_id, seq, change_id, event, actor_id, via, subject_type, subject_id, subject_key,
  subject_label, version, project_id, before, after, depth, created_at, salt, facts_hash, prev_hash, hash)
SELECT md5(seed.workspace_id || n::text)::uuid, seed.workspace_id, %(head)s + n, seed.change_id,
  CASE WHEN n %% %(rare)s = 7 THEN 'member:sign_in_failed' ELSE seed.event END, (%(people)s::uuid[])[1 + n %% %(count)s],
  CASE WHEN n %% %(rare)s = 9 THEN 'import' ELSE (ARRAY['web', 'api', 'system'])[1 + n %% 3] END, seed.subject_type, seed.subject_id,
  seed.subject_key, seed.subject_label, seed.version, seed.project_id, seed.before, seed.after, 0,
  now() - (%(rows)s - n) * interval '365 days' / %(rows)s, seed.salt, seed.facts_hash, md5((n - 1)::text) || md5(n::text), md5(n::text) || md5((n + 1)::text)
FROM generate_series(1, %(rows)s) n JOIN (
  SELECT *, row_number() OVER (ORDER BY seq) - 1 AS place, count(*) OVER () AS all FROM workspaces_activitylog WHERE workspace_id = %(workspace)s
) seed ON seed.place = n %% seed.all;
UPDATE workspaces_stream SET head = %(head)s + %(rows)s WHERE workspace_id = %(workspace)s
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--requests", type=int, default=20)
    options = parser.parse_args()
    by = _board.workspace(f"audit-{uuid.uuid4().hex[:6]}")
    _board.board(by, 1000)
    began = time.perf_counter()
    people = fill(by, options.rows)
    print(f"made {options.rows:,} rows in {time.perf_counter() - began:.0f} s", flush=True)
    with serving("flowboard.wsgi:application", workers=1) as server:
        pages(server, by, people, options.requests)
        export(server, by, options.rows)


def fill(by: Actor, rows: int) -> list[uuid.UUID]:
    """The rows, by the role that owns the table; the people in them."""
    with tenancy.workspace(by.workspace.pk, atomic=True):
        people = list(Membership.objects.within(by.workspace).values_list("user_id", flat=True))
        head = ActivityLog.objects.within(by.workspace).order_by("-seq").values_list("seq", flat=True)[0]
    given = {"head": head, "rows": rows, "rare": RARE, "people": people, "count": len(people), "workspace": by.workspace.pk}  # fmt: skip
    with connections["owner"].cursor() as cursor:
        for statement in COPY.split(";\n"):
            cursor.execute(statement, given)
        cursor.execute("VACUUM ANALYZE workspaces_activitylog")
    return people


def pages(server: Server, by: Actor, people: list[uuid.UUID], requests: int) -> None:
    cookie, base = {"Cookie": session(by)}, f"/w/{by.workspace.slug}/audit/"
    day = {"since": "", "until": ""}
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT (now() - interval '200 days')::date::text")
        day = dict.fromkeys(day, cursor.fetchone()[0])
    filters = {
        "no filter": {}, "a person": {"person": str(people[3])}, "a person on a day": {"person": str(people[3]), **day}, "a day": day,
        "a key": {"about": "BEN-42"}, "a door": {"via": "web"}, "a rare door": {"via": "import"}, "an event": {"event": "task:created"},
        "a rare event": {"event": "member:sign_in_failed"}, "a rare event on a day": {"event": "member:sign_in_failed", **day}, "a word": {"about": "login"}, "a word that stands nowhere": {"about": "zebra"},
    }  # fmt: skip
    print(f"{'':28} {'p50 ms':>8} {'longest':>8}   plan")
    for name, asked in filters.items():
        row(name, taken(server, f"{base}?{urlencode(asked)}", cookie, requests), plan(by, asked))
    far = Audit(by, read_asked({}))
    with tenancy.workspace(by.workspace.pk, atomic=True):
        middle = ActivityLog.objects.within(by.workspace).order_by("seq").values_list("seq", "created_at")[500:501][0]
        cursor = far.page().page.next or ""
    row(
        "the next page",
        taken(server, f"{base}?{urlencode({'cursor': cursor})}", cookie, requests),
        plan(by, {}, cursor),
    )
    row("the bars of a year", taken(server, f"{base}days/?{urlencode({'since': str(middle[1].date())})}", cookie, max(requests // 4, 3)), "")  # fmt: skip


def row(name: str, times: list[float], plan: str) -> None:
    print(f"{name:28} {statistics.median(times):8.1f} {max(times):8.1f}   {plan}", flush=True)


def taken(server: Server, path: str, headers: dict[str, str], requests: int) -> list[float]:
    """Milliseconds of each request, after three to warm up."""
    wire, found = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60), []
    for number in range(requests + 3):
        began = time.perf_counter()
        wire.request("GET", path, headers=headers)
        answer = wire.getresponse()
        text = answer.read()
        if answer.status != 200:
            raise SystemExit(f"{path}: {answer.status} {text[:300]!r}")
        if number >= 3:
            found.append((time.perf_counter() - began) * 1000)
    return found


def plan(by: Actor, asked: dict[str, str], cursor: str = "") -> str:
    """The indexes that PostgreSQL reads the record by."""
    with tenancy.workspace(by.workspace.pk, atomic=True):
        with CaptureQueriesContext(connection) as seen:
            Audit(by, read_asked(asked)).page(cursor)
        found = [one["sql"] for one in seen.captured_queries if 'FROM "workspaces_activitylog"' in one["sql"]]
        lines = [line for sql in found for line in _explained(sql)]
    if any(
        "Seq Scan on workspaces_activitylog" in line for line in lines
    ):  # right where most rows are looked at anyway
        return "the whole table"
    return ", ".join(
        sorted({line.split(" using ")[1].split(" on ")[0] for line in lines if " using activitylog" in line})
    )


def _explained(sql: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN " + sql.replace("%", "%%"), [])
        return [line for (line,) in cursor.fetchall()]


def export(server: Server, by: Actor, rows: int) -> None:
    """All of it, as it streams."""
    before, began, lines, most = sum(server.memory()), time.perf_counter(), 0, 0.0
    wire = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    wire.request("GET", f"/api/v1/workspaces/{by.workspace.slug}/audit/export?format=jsonl", headers={"Authorization": f"Token {_board.token(by)}"})  # fmt: skip
    answer = wire.getresponse()
    while piece := answer.read(1 << 20):
        lines += piece.count(b"\n")
        most = max(most, sum(server.memory()))
    took = time.perf_counter() - began
    print(f"export: {lines:,} lines in {took:.0f} s ({lines / took:,.0f} a second), memory of the server at most {most - before:+.0f} MB")  # fmt: skip
    if lines <= rows:
        raise SystemExit(f"{answer.status}: rows are missing")


if __name__ == "__main__":
    main()
