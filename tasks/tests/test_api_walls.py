"""Every operation of the schema against every id of another workspace; protected fields; sessions without CSRF token."""

import hashlib
from typing import Any
from urllib.parse import urlencode

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client

from accounts.models import User
from workspaces import tenancy
from workspaces.actor import Actor
from workspaces.models import TenantModel
from workspaces.tests.people import Program, browser

from .operations import NAMED, WRITES, Ids, Operation, absent, attacks, operations, share, world

OURS, THEIRS = "acme-words", "globex-words"


@pytest.fixture
def acme(alice: Actor, bob: Actor, gus: Actor) -> Ids:
    """Alice's, with Bob and Gus working in it."""
    ids = world(alice, "FLOW", OURS)
    for person in (bob, gus):
        share(alice, "FLOW", person)
    return ids


@pytest.fixture
def globex(eve: Actor) -> Ids:
    """Eve's."""
    return world(eve, "GLOB", THEIRS)


def checksum(workspace_id: Any) -> str:
    """Of the workspace and every row in it, but for when a token was last used."""
    tables = sorted(model._meta.db_table for model in apps.get_models() if issubclass(model, TenantModel))
    queries = [
        f"SELECT (to_jsonb(t) - 'last_used_at')::text FROM {table} t WHERE workspace_id = %s ORDER BY id"
        for table in tables
    ]
    found = hashlib.sha256()
    with tenancy.workspace(workspace_id, atomic=True), connection.cursor() as cursor:
        for query in [*queries, "SELECT t::text FROM workspaces_workspace t WHERE id = %s"]:
            cursor.execute(query, [workspace_id])
            found.update(repr(cursor.fetchall()).encode())
    return found.hexdigest()


def send(client: Client, operation: Operation, ids: Ids, query: dict[str, str], body: Any) -> Any:
    url = f"{operation.url(ids)}?{urlencode(query)}" if query else operation.url(ids)
    if operation.verb == "get":
        return client.get(url)
    return getattr(client, operation.verb)(url, "" if body is None else body, content_type="application/json")


def said(answer: Any) -> tuple[int, Any]:
    """The answer without the words that repeat the question."""
    problem = answer.json() if answer.content else {}
    return answer.status_code, problem.get("results", sorted(problem.get("errors", {})))


@pytest.mark.parametrize("who", ["alice", "bob", "gus"])
def test_nothing_of_another_workspace(
    who: str, request: pytest.FixtureRequest, eve: Actor, acme: Ids, globex: Ids
) -> None:
    assault(Program(request.getfixturevalue(who)).client, acme, globex, eve, THEIRS)


def test_nothing_for_eve(alice: Actor, eve: Actor, acme: Ids, globex: Ids) -> None:
    assault(Program(eve).client, globex, acme, alice, OURS)


def assault(client: Client, mine: Ids, theirs: Ids, victim: Actor, canary: str) -> None:
    """Each attack is answered as if there were no such row, and leaves the victim's rows as they were."""
    before, count = checksum(victim.workspace.pk), 0
    for operation in operations():
        nothing = absent()
        pairs = zip(attacks(operation, mine, theirs), attacks(operation, mine, nothing), strict=True)
        for (slot, *foreign), (_, *missing) in pairs:
            answer, same = send(client, operation, *foreign), send(client, operation, *missing)
            told = f"{operation.name} with a foreign {slot}: {answer.status_code} {answer.content[:300]!r}"
            assert canary not in answer.content.decode(), told
            assert said(answer) == said(same), told
            assert answer.status_code in (
                (404, 403) if slot in (*operation.slots, "all", "all but the workspace") else (200, 400, 422, 404, 403)
            ), told
            assert slot not in ("workspace", "all") or answer.status_code == 404, told
            count += 2
    assert count > 300
    assert checksum(victim.workspace.pk) == before


def test_nothing_for_nobody(alice: Actor, acme: Ids) -> None:
    before = checksum(alice.workspace.pk)
    for operation in operations():
        answer = send(Client(), operation, acme, {}, operation.sample(acme))
        assert answer.status_code == 401, operation.name
        assert OURS not in answer.content.decode()
    assert checksum(alice.workspace.pk) == before


def test_a_session_without_its_csrf_token_writes_nothing(alice: Actor, acme: Ids) -> None:
    client = browser(alice)
    client.handler.enforce_csrf_checks = True
    before = checksum(alice.workspace.pk)
    for operation in operations():
        if operation.verb in WRITES:
            assert send(client, operation, acme, {}, operation.sample(acme)).status_code == 403, operation.name
    assert checksum(alice.workspace.pk) == before


def test_no_field_but_those_of_the_schema_can_be_set(alice: Actor, acme: Ids) -> None:
    """Each name of a model's field, and some that other systems have, to each operation that takes a body."""
    models = [model for model in apps.get_models() if issubclass(model, TenantModel) or model is User]
    names = {field.name for model in models for field in model._meta.get_fields()} | {
        "workspace_id", "user_id", "author_id", "is_admin", "owner", "created_by", "plan", "permissions", "__proto__", "pk",
    }  # fmt: skip
    program = Program(alice)
    before = checksum(alice.workspace.pk)
    for operation in operations():
        if operation.verb not in ("post", "patch", "put"):
            continue
        unknown = {name: "x" for name in names if name not in operation.properties()}
        answer = send(program.client, operation, acme, {}, (operation.sample(acme) or {}) | unknown)
        assert answer.status_code == 400, (operation.name, answer.content)
        assert set(answer.json()["errors"]) >= set(unknown), operation.name
    assert checksum(alice.workspace.pk) == before


def test_every_id_of_a_body_or_query_is_attacked() -> None:
    for operation in operations():
        ids = [name for name, shape in operation.properties().items() if shape.get("format") == "uuid"]
        assert {*ids, *operation.ids_asked} <= set(NAMED), operation.name


def test_schema_has_no_faults() -> None:
    from drf_spectacular.drainage import GENERATOR_STATS
    from drf_spectacular.generators import SchemaGenerator
    from drf_spectacular.validation import validate_schema

    with GENERATOR_STATS.silence():
        schema = SchemaGenerator().get_schema(request=None, public=True)
    validate_schema(schema)
    assert schema["openapi"].startswith("3.1")
    assert not GENERATOR_STATS
    names = [operation.name for operation in operations()]
    assert len(names) == len(set(names))
