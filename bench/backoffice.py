"""The back-office over many workspaces: python -m bench.backoffice [--workspaces 100000] [--rows 1000000] [--requests 10]

The rows are made by SQL, for reading alone is measured: for each workspace its four roles and three people, and rows of the
record by these people spread over all workspaces and a year. Every list of the back-office is asked for as a browser does; the long ones also deep, by words and by filters.
"""

import argparse
import random
import secrets
import statistics
import time
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from bench import _board
from bench._load import Server, serving

# isort: split
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.core.cache import cache
from django.db import connections
from django.urls import reverse
from django.utils import timezone

from accounts.ids import key_at
from accounts.models import User
from ai.models import AIUsage
from bench.audit import taken
from bench.web import session
from billing.models import Billing, StripeEvent
from office.dashboard import CARDS
from office.models import FailedJob, MailSent, SlowPage, TurnedAway
from workspaces.actor import Actor
from workspaces.models import ActivityLog, Membership, Workspace

AT_ONCE = 250_000
KEY = """
CREATE FUNCTION pg_temp.key(age interval, n bigint) RETURNS uuid LANGUAGE sql AS $$
SELECT (lpad(to_hex((extract(epoch FROM now() - age) * 1000)::bigint), 12, '0') || '7' || substr(md5(n::text), 1, 3)
  || '8' || substr(md5(n::text), 4, 15))::uuid $$
"""
TENANTS = """
CREATE TEMP TABLE made AS SELECT n, pg_temp.key(interval '400 days' * (1 - n / %(count)s::float), n) AS id FROM generate_series(1, %(count)s) n;
INSERT INTO workspaces_workspace (id, name, slug, plan, require_mfa, created_at)
  SELECT id, 'Company ' || n, %(word)s || '-' || n, (ARRAY['free', 'pro', ''])[1 + n %% 3], false, now() - interval '400 days' * (1 - n / %(count)s::float) FROM made;
INSERT INTO accounts_user (id, password, is_superuser, email, name, avatar, is_active, is_staff, is_program, created_at, time_zone, language, theme, single_keys)
  SELECT pg_temp.key(interval '400 days' * (1 - n / (3.0 * %(count)s)), n + 10000000), '!', false, %(word)s || n || '@bench.example', 'Person ' || n, '', true, false, false, now(), 'UTC', 'en', 'system', true
  FROM generate_series(1, 3 * %(count)s) n;
INSERT INTO workspaces_role (id, workspace_id, name, key, description, level, permissions)
  SELECT pg_temp.key(interval '400 days' * (1 - n / %(count)s::float), n + 20000000 * r.level), made.id, r.name, r.key, '', r.level, '{}'
  FROM made, (VALUES ('Owner', 'owner', 40), ('Admin', 'admin', 30), ('Member', 'member', 20), ('Guest', 'guest', 10)) r (name, key, level);
INSERT INTO workspaces_stream (id, workspace_id, head, floor, epoch, hash) SELECT id, id, 0, 0, id, repeat('0', 64) FROM made;
INSERT INTO workspaces_changeset (id, workspace_id, kind, state, title, lines, created_at) SELECT id, id, 'edit', 'applied', 'Made a card', '[]', now() FROM made;
INSERT INTO workspaces_membership (id, workspace_id, user_id, role_id, joined_at)
  SELECT pg_temp.key(interval '400 days' * (1 - made.n / %(count)s::float), made.n * 3 + k + 30000000), made.id, u.id, role.id, now()
  FROM made, generate_series(0, 2) k
  JOIN LATERAL (SELECT id FROM accounts_user WHERE email = %(word)s || (made.n * 3 - k) || '@bench.example') u ON true
  JOIN LATERAL (SELECT id FROM workspaces_role r WHERE r.workspace_id = made.id AND r.key = CASE k WHEN 0 THEN 'owner' ELSE 'member' END) role ON true;
CREATE TEMP TABLE members AS SELECT made.n AS place, made.id, (array_agg(m.user_id)) AS people FROM made JOIN workspaces_membership m ON m.workspace_id = made.id GROUP BY 1, 2
"""
RECORD = """
INSERT INTO workspaces_activitylog (id, workspace_id, seq, change_id, event, actor_id, via, subject_type, subject_id, subject_key,
  subject_label, version, before, after, depth, created_at, salt, facts_hash, prev_hash, hash)
SELECT pg_temp.key(interval '365 days' * (1 - n / %(rows)s::float), n + 90000000), made.id, n / %(count)s + 1, made.id,
  CASE WHEN n %% 200000 = 7 THEN 'workspace:updated' ELSE (ARRAY['task:created', 'task:updated', 'task:moved', 'comment:created'])[1 + n %% 4] END,
  made.people[1 + n / 7 %% 3], CASE WHEN n %% 100000 = 9 THEN 'import' ELSE (ARRAY['web', 'api', 'system'])[1 + n %% 3] END, 'task', made.id, 'FLOW-' || n %% 900,
  'Fix the login of card ' || n, 1, '{"status": "To do"}', '{"status": "Done"}', 0, now() - interval '365 days' * (1 - n / %(rows)s::float), '', md5(n::text) || md5(n::text),
  md5((n - 1)::text) || md5(n::text), md5(n::text) || md5((n + 1)::text)
FROM generate_series(%(first)s, %(last)s) n JOIN members made ON made.place = 1 + n %% %(count)s
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workspaces", type=int, default=100_000)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--requests", type=int, default=10)
    parser.add_argument("--again", action="store_true", help="the rows of an earlier run, in FLOWBOARD_DATA")
    parser.add_argument("--first-page", action="store_true", help="its cards alone")
    options = parser.parse_args()
    by, word = _board.workspace(f"desk-{uuid.uuid4().hex[:6]}"), f"bench{secrets.token_hex(3)}"
    if options.again:
        word = made_before()
    else:
        _board.board(by, 1000)
        fill(word, options.workspaces, options.rows)
        live(options.workspaces)
    cookie = {"Cookie": session(staff(by))}
    if options.first_page:
        cards()
        return
    with serving("flowboard.wsgi:application", workers=1) as server:
        print(f"{'':52} {'p50 ms':>8} {'longest':>8}")
        for name, path in pages(word, options.workspaces):
            times = taken(server, path, cookie, options.requests)
            print(f"{name:52} {statistics.median(times):8.0f} {max(times):8.0f}", flush=True)
        morning(server, cookie)
        sizes(server)


def fill(word: str, count: int, rows: int) -> None:
    """The rows, by the role that owns the tables."""
    began, given = time.perf_counter(), {"word": word, "count": count, "rows": rows}
    with connections["owner"].cursor() as cursor:
        for statement in (KEY, *TENANTS.split(";\n")):
            cursor.execute(statement, given if "%(" in statement else None)
        for first in range(1, rows + 1, AT_ONCE):
            cursor.execute(RECORD, {**given, "first": first, "last": min(first + AT_ONCE - 1, rows)})
        cursor.execute("VACUUM ANALYZE")
    took = time.perf_counter() - began
    print(
        f"made {count:,} workspaces, {3 * count:,} people and {rows:,} rows of the record in {took:.0f} s", flush=True
    )


def live(count: int) -> None:
    """What the first page sums up beside the record: a month of receipts, mails, slow pages, faults, and who pays."""
    began, now, chance = time.perf_counter(), timezone.now(), random.Random(7)
    keys = list(Workspace._base_manager.using("owner").order_by("-pk").values_list("pk", flat=True)[:count])

    def times(number: int, days: int) -> Iterator[datetime]:
        return (now - timedelta(days=days * chance.random()) for _ in range(number))

    def put(rows: Iterator[Any], model: Any) -> None:
        while some := list(islice(rows, 5_000)):
            model._base_manager.using("owner").bulk_create(some, ignore_conflicts=True)

    put((AIUsage(pk=key_at(at), workspace_id=chance.choice(keys), purpose="breakdown", model="m", outcome="ok", cost_micros=chance.randrange(9_000), created_at=at) for at in times(2 * count, 30)), AIUsage)  # fmt: skip
    put((MailSent(pk=key_at(at), recipient=f"p{at:%f}@bench.example", kind="digest", state="sent", created_at=at) for at in times(3 * count, 30)), MailSent)  # fmt: skip
    put((SlowPage(pk=key_at(at), route=f"w/<slug>/{chance.randrange(60)}/", method="GET", status=200, milliseconds=1_500, created_at=at) for at in times(count // 2, 30)), SlowPage)  # fmt: skip
    put((FailedJob(pk=key_at(at), name="a.job", call=uuid.uuid4(), fault="x", created_at=at) for at in times(count // 10, 30)), FailedJob)  # fmt: skip
    put((TurnedAway(day=(now - timedelta(days=day)).date(), tenant=key, kind="token", count=9) for day in range(7) for key in keys[: count // 10]), TurnedAway)  # fmt: skip
    put((StripeEvent(event=f"evt_{number}", type="invoice.paid", created_at=at, received_at=at, done_at=at, outcome="done") for number, at in enumerate(times(count, 30))), StripeEvent)  # fmt: skip
    put((Billing(workspace_id=key, plan="pro", status=chance.choice(("active", "trialing", "canceled")), seats=9, month_cents=8_100, currency="usd", trial_end=now + timedelta(days=12 * chance.random())) for key in keys[: count // 2]), Billing)  # fmt: skip
    with connections["owner"].cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    print(f"made what the first page sums up in {time.perf_counter() - began:.0f} s", flush=True)


def made_before() -> str:
    """The word of an earlier run's addresses."""
    slug: str = Workspace._base_manager.using("ops").filter(name="Company 1").values_list("slug", flat=True)[0]
    return slug.rpartition("-")[0]


def staff(by: Actor) -> Actor:
    """The actor's person as a superuser with a second factor."""
    User.objects.filter(pk=by.user.pk).update(is_staff=True, is_superuser=True)
    Authenticator.objects.create(user=by.user, type="totp", data={})
    return by


def pages(word: str, count: int) -> Iterator[tuple[str, str]]:
    """Every list as it opens, then the long ones as people use them."""
    for model in sorted(admin.site._registry, key=lambda model: model._meta.label):
        yield f"{model._meta.label}", listed(model)
    some = Workspace._base_manager.using("ops").get(slug=f"{word}-{count // 2}")
    for model in (Workspace, User, Membership, ActivityLog):
        middle = middle_of(model)
        yield f"{model.__name__}, in the middle", listed(model, before=str(middle))
        yield f"{model.__name__}, a word that stands nowhere", listed(model, q="zebra")
        yield f"{model.__name__}, a common word", listed(model, q="company" if model is Workspace else "person" if model is not ActivityLog else "login")  # fmt: skip
    yield "the page of a workspace", reverse("admin:workspaces_workspace_change", args=[some.pk])
    for model in (Membership, ActivityLog):
        yield f"{model.__name__}, of one workspace", listed(model, workspace=str(some.pk))
        yield f"{model.__name__}, a workspace's address as word", listed(model, q=some.slug)
    yield "Workspace, an address", listed(Workspace, q=some.slug)
    yield "User, an address", listed(User, q=f"{word}{count}@bench.example")
    yield "ActivityLog, a rare door", listed(ActivityLog, via="import")
    yield "ActivityLog, a rare door, in the middle", listed(ActivityLog, via="import", before=str(middle_of(ActivityLog)))  # fmt: skip
    found = {"app_label": "workspaces", "model_name": "membership", "field_name": "workspace"}
    yield "autocomplete of workspaces", f"{reverse('admin:autocomplete')}?{urlencode({**found, 'term': some.slug})}"
    yield "autocomplete, a word that stands nowhere", f"{reverse('admin:autocomplete')}?{urlencode({**found, 'term': 'zebra'})}"  # fmt: skip


def listed(model: type, **asked: str) -> str:
    path = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")  # type: ignore[attr-defined]
    return f"{path}?{urlencode(asked)}"


def middle_of(model: type) -> object:
    """A key with about as many rows before as after it; found as nobody pages, by its number."""
    rows = model._base_manager.using("ops").order_by("pk").values_list("pk", flat=True)  # type: ignore[attr-defined]
    return rows[rows.count() // 2]


def morning(server: Server, cookie: dict[str, str]) -> None:
    """The first page, read anew each time and as it is kept for five minutes."""
    found = []
    for _ in range(3):
        cache.delete("office:dashboard")
        began = time.perf_counter()
        for card in CARDS:
            card()
        found.append((time.perf_counter() - began) * 1000)
    print(f"{'the cards of the first page, read anew':52} {statistics.median(found):8.0f} {max(found):8.0f}")
    times = taken(server, "/admin/", cookie, 10)
    print(f"{'the first page, kept':52} {statistics.median(times):8.0f} {max(times):8.0f}")


def cards() -> None:
    """Each card of the first page by itself: the first read, and the best of three more."""
    print(f"{'':30} {'first ms':>9} {'then':>9}")
    whole = 0.0
    reverse("admin:index")  # which reads every address once: 4 s that no card takes
    connections["ops"].ensure_connection()
    for card in CARDS:
        found = []
        for _ in range(4):
            began = time.perf_counter()
            card()
            found.append((time.perf_counter() - began) * 1000)
        whole += found[0]
        print(f"{card.__name__:30} {found[0]:9.0f} {min(found[1:]):9.0f}", flush=True)
    print(f"{'all':30} {whole:9.0f}", flush=True)


def sizes(server: Server) -> None:
    print("memory of the web process (MB):", *(f"{size:.0f}" for size in server.memory()))


if __name__ == "__main__":
    main()
