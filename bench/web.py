"""Pages and REST: python -m bench.web [--tasks 10000,100000] [--requests 300]

Prints p50/p95/p99 seen by one client, CPU of the server per request beside a bare `.values()` + orjson view over the same
rows in the same run, requests a second, SQL queries per request, and memory per process.
"""

import argparse
import json
import uuid
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.cached_db import SessionStore
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench import _board
from bench._load import HEAD, Figures, Server, measure, serving
from workspaces.actor import Actor

Ask = Callable[[int], tuple[str, str, Any, dict[str, str]]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tasks", default="10000,100000")
    parser.add_argument("--requests", type=int, default=300)
    options = parser.parse_args()
    first: dict[str, Figures] = {}
    for tasks in (int(words) for words in options.tasks.split(",")):
        by = _board.workspace(f"bench-{tasks}-{uuid.uuid4().hex[:6]}")
        project = _board.board(by, tasks)
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        _report(tasks, by, project, options.requests, first)


def _report(tasks: int, by: Actor, project: Any, requests: int, first: dict[str, Figures]) -> None:
    print(f"\n{tasks:,} tasks in one project, 20 members, 2 granian workers\n{HEAD}")
    asks = cases(by, project)
    with serving("bench._bare:application", settings="bench._bare_settings") as bare:
        base = measure(
            bare, "bare .values() + orjson, 50 rows", _get(f"/{by.workspace.pk}/{project.pk}/", {}), requests=requests
        )
    print(base.row())
    with serving("flowboard.wsgi:application") as server:
        for name, ask in asks.items():
            figures = measure(server, name, ask, requests=requests)
            growth = f"   {figures.p50 / first[name].p50:.2f} × the p50 at fewer tasks" if name in first else ""
            first.setdefault(name, figures)
            print(figures.row(base) + growth, flush=True)
        _concurrent(server, asks, requests)
        print("memory of the web processes (MB):", *(f"{size:.0f}" for size in server.memory()))
    print("SQL queries per request:", *(f"{name} {queries(by, ask)} ·" for name, ask in asks.items()))


def _concurrent(server: Server, asks: dict[str, Ask], requests: int) -> None:
    """Eight clients at once on the list."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(8) as pool:
        done = list(
            pool.map(lambda _: measure(server, "list", asks["REST list of 50"], requests=requests // 4), range(8))
        )
    print(f"{'REST list of 50, 8 clients':34} {max(f.p50 for f in done):7.1f} {'':7} {max(f.p99 for f in done):7.1f}"
          f" {'':9} {'':6} {sum(f.rate for f in done):8.0f}")  # fmt: skip


def cases(by: Actor, project: Any) -> dict[str, Ask]:
    """What is measured, by name."""
    base, page = f"/api/v1/workspaces/{by.workspace.slug}/", f"/w/{by.workspace.slug}/"
    token, cookie = {"Authorization": f"Token {_board.token(by)}"}, {"Cookie": session(by)}
    json_token = token | {"Content-Type": "application/json"}
    columns = [str(pk) for pk in statuses(by, project)]
    return {
        "board page": _get(f"{page}p/BEN/board/", cookie),
        "list page": _get(f"{page}p/BEN/list/", cookie),
        "task page": _get(f"{page}t/BEN-42/", cookie),
        "REST list of 50": _get(f"{base}projects/BEN/tasks/", token),
        "REST one task": _get(f"{base}tasks/BEN-42/", token),
        "REST create": lambda n: ("POST", f"{base}projects/BEN/tasks/", json.dumps({"title": f"Made {n}"}), json_token),
        "REST move": lambda n: (
            "POST", f"{base}tasks/BEN-{7 + n % 50}/move/", json.dumps({"status": columns[n // 50 % len(columns)], "after": None}), json_token,
        ),
        "REST search": _get(f"{base}search/?q=login+slow", token),
    }  # fmt: skip


def _get(path: str, headers: dict[str, str]) -> Ask:
    return lambda n: ("GET", path, None, headers)


def statuses(by: Actor, project: Any) -> Iterator[Any]:
    with _board.tenancy.workspace(by.workspace.pk, atomic=True):
        return chain(list(project.statuses.order_by("rank").values_list("pk", flat=True)))


def session(by: Actor) -> str:
    """A signed-in session's cookie."""
    store = SessionStore()
    store[SESSION_KEY] = str(by.user.pk)
    store[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    store[HASH_SESSION_KEY] = by.user.get_session_auth_hash()
    store.save()
    return f"{settings.SESSION_COOKIE_NAME}={store.session_key}"


def queries(by: Actor, ask: Ask) -> int:
    """SQL statements of one request, BEGIN and COMMIT aside."""
    verb, path, body, headers = ask(10_000)
    client = Client(headers=headers, SERVER_NAME="127.0.0.1")
    call = {"GET": client.get, "POST": client.post}[verb]
    arguments = {"content_type": "application/json"} if body else {}
    with CaptureQueriesContext(connection) as captured:
        call(path, body, **arguments)
    return len(
        [query for query in captured if not query["sql"].startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE"))]
    )


if __name__ == "__main__":
    main()
