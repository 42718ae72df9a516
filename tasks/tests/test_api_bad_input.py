"""Hostile bodies to every write operation: a clear problem, nothing written, never a 500."""

from collections.abc import Iterable
from typing import Any, TypeVar

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client, RequestFactory

from flowboard.middleware import CleanInput
from tasks.models import Task
from workspaces.actor import Actor
from workspaces.tests.people import Program

from .operations import Ids, Operation, operations, world
from .test_api_walls import checksum

T = TypeVar("T")
JSON = "application/json"
MALFORMED = {
    "cut off": b'{"title": "x"', "nothing but a brace": b"{", "no value": b'{"title":}', "comma": b'{"title": "x",}', "word": b"nul",
    "comment": b'{"title": "x" /* y */}', "single quotes": b"{'title': 'x'}", "bare name": b"{title: 1}", "two": b"{}{}", "blank": b"  ",
    "XML": b"<task/>", "form": b"title=x", "YAML": b"title: x", "byte order mark": b"\xef\xbb\xbf{}", "UTF-16": '{"a": 1}'.encode("utf-16"),
    "UTF-32": '{"a": 1}'.encode("utf-32"), "gzip": b"\x1f\x8b\x08\x00\x00\x00\x00\x00", "invalid UTF-8": b'{"title": "\xff"}',
    "cut UTF-8": b'{"title": "\xc3"}', "overlong UTF-8": b'{"title": "\xc0\xaf"}', "surrogate in UTF-8": b'{"title": "\xed\xa0\x80"}',
    "invalid UTF-8 in a name": b'{"\xff": 1}', "raw NUL": b'{"title": "\x00"}', "NUL": rb'{"title": "a\u0000b"}', "NUL in a name": rb'{"a\u0000": 1}',
    "raw control": b'{"title": "\x01"}', "raw line break": b'{"title": "a\nb"}', "lone surrogate": rb'{"title": "\ud800"}',
    "lone low surrogate": rb'{"title": "\udc00"}', "surrogates reversed": rb'{"title": "\udc00\ud800"}', "lone surrogate in a name": rb'{"\ud800": 1}',
    "bad escape": rb'{"title": "\x"}', "1e400": b'{"priority": 1e400}', "-1e400": b'{"priority": -1e400}', "NaN": b'{"priority": NaN}',
    "Infinity": b'{"priority": Infinity}', "2^63": b'{"priority": 9223372036854775808}', "2^64": b'{"priority": 18446744073709551616}',
    "-2^64": b'{"priority": -18446744073709551616}', "400 digits": b'{"priority": 1' + b"0" * 400 + b"}", "hexadecimal": b'{"priority": 0x1}',
    "leading zero": b'{"priority": 01}', "plus": b'{"priority": +1}', "depth 200": b"[" * 200 + b"]" * 200,
    "objects 200 deep": b'{"a":' * 200 + b"1" + b"}" * 200, "depth 100,000": b"[" * 100_000 + b"]" * 100_000,
    "a field 200 deep": b'{"title": ' + b"[" * 200 + b"]" * 200 + b"}", "open 200 deep": b"[" * 200, "a million zeros": b"[" + b"0," * 999_999 + b"0]",
    "a field of a million": b'{"labels": [' + b"0," * 999_999 + b"0]}", "100,000 fields": b"{" + b",".join(b'"f%d":1' % n for n in range(100_000)) + b"}",
    "list": b"[]", "list of objects": b'[{"title": "x"}]', "text": b'"x"', "number": b"5", "null": b"null", "true": b"true",
    "unknown field": b'{"wholly unknown": 1}', "constructor": b'{"__proto__": {"a": 1}}', "empty name": b'{"": 1}',
    "1 MB in an unknown field": b'{"nothing": "' + b"x" * 1_000_000 + b'"}',
}  # fmt: skip
OTHER_TYPES = {
    "form": ("application/x-www-form-urlencoded", b"title=x"), "text": ("text/plain", b"{}"), "XML": ("application/xml", b"<a/>"),
    "no such type": ("x/y", b"{}"), "not a type": ("nonsense", b"{}"), "YAML": ("application/yaml", b"title: x"),
    "msgpack": ("application/msgpack", b"\x80"), "JSON lines": ("application/jsonl", b"{}\n{}"),
}  # fmt: skip
UPLOADS = {
    "no boundary": ("multipart/form-data", b"x"), "cut off": ("multipart/form-data; boundary=a", b"--a\r\nContent-Disp"),
    "empty": ("multipart/form-data; boundary=a", b"--a--\r\n"),
}  # fmt: skip
VALUES: tuple[Any, ...] = (
    5, -1, 1.5, True, [], {}, [[]], [None], [{}], {"a": {}}, "", " ", "\u200b", "\x07", "x" * 110_000, 2**63 - 1, -(2**63), 1e308, None,
    ["x" * 1000], ["x"] * 5000, "\u202eevil", "' OR 1=1 --", "0000-00-00", "9999999-1", "\U0001f4a9" * 200,
)  # fmt: skip

# an import's data is another system's; the sample's person is the owner already, and its role one of the system
TESTED_APART = ("imports_create", "transfer_ownership", "update_role")


@pytest.fixture
def acme(alice: Actor) -> Ids:
    """One of everything."""
    return world(alice, "FLOW", "words")


@pytest.fixture
def client(alice: Actor) -> Client:
    """Alice's; a fault is an answer of 500 and not an exception."""
    client = Program(alice).client
    client.raise_request_exception = False
    return client


def writes() -> list[Operation]:
    return [operation for operation in operations() if operation.verb in ("post", "patch", "put")]


def each(some: Iterable[T]) -> Iterable[T]:
    """One after the other, each counted from nothing: together they are more than a person may ask of the AI in a minute."""
    for one in some:
        cache.clear()
        yield one


def test_the_corpus_is_large() -> None:
    assert len(MALFORMED) + len(OTHER_TYPES) >= 60
    assert len(writes()) >= 25


def test_what_is_not_json_of_ours(alice: Actor, acme: Ids, client: Client) -> None:
    before = checksum(alice.workspace.pk)
    for number, operation in enumerate(each(writes())):
        for name, body in in_turns(MALFORMED.items(), number):
            if number >= 3 and len(body) > 100_000:  # megabytes for each operation: bin/bench hostile
                continue
            answer = getattr(client, operation.verb)(operation.url(acme), body, content_type=JSON)
            problem(answer, f"{operation.name}: {name}", 400, 413)
    assert checksum(alice.workspace.pk) == before


def test_other_types(alice: Actor, acme: Ids, client: Client) -> None:
    before = checksum(alice.workspace.pk)
    for operation in each(writes()):
        for name, (kind, body) in (OTHER_TYPES | UPLOADS).items():
            answer = getattr(client, operation.verb)(operation.url(acme), body, content_type=kind)
            problem(answer, f"{operation.name}: {name}", 415, *([400] if name in UPLOADS else []))
    assert checksum(alice.workspace.pk) == before


def test_each_field_with_each_value(acme: Ids, client: Client) -> None:
    """Some values fit; whatever does not is a problem that names the field."""
    fields = [(operation, field) for operation in writes() for field in operation.properties()]
    for number, (operation, field) in enumerate(each(fields)):
        for value in in_turns(VALUES, number):
            body = (operation.sample(acme) or {}) | {field: value}
            answer = getattr(client, operation.verb)(operation.url(acme), body, content_type=JSON)
            told = f"{operation.name}: {field} = {value!r:.60}: {answer.status_code} {answer.content[:200]!r}"
            assert answer.status_code < 500, told
            if answer.status_code in (400, 422) and operation.name not in TESTED_APART:
                named = any(name.startswith(field) for name in answer.json().get("errors", {}))
                assert named or faults(answer) == faults(sent(client, operation, acme)), told


def in_turns(values: Iterable[T], number: int) -> list[T]:
    """Every third, and the next operation or field gets others: all of them for each are bin/bench hostile's."""
    return [value for place, value in enumerate(values, number) if place % 3 == 0]


def sent(client: Client, operation: Operation, ids: Ids) -> Any:
    """The sample as it is, which may be refused for what is there by now."""
    return getattr(client, operation.verb)(operation.url(ids), operation.sample(ids) or {}, content_type=JSON)


def faults(answer: Any) -> Any:
    return answer.status_code, answer.json().get("errors")


def problem(answer: Any, told: str, *statuses: int) -> None:
    told = f"{told}: {answer.status_code} {answer.content[:200]!r}"
    assert answer.status_code in statuses, told
    assert answer["Content-Type"] == "application/problem+json", told
    assert answer.json()["detail"], told


@pytest.mark.parametrize(
    "path",
    [
        "%00",
        "projects/%00/",
        "search?q=%00",
        "tasks/FLOW-%FF/",
        "projects/FLOW/tasks/?q=%FF%FE",
        "search?q=%ED%A0%80",
        "tasks/FLOW-99999999999999/",
        "members/x/",
    ],
)
def test_hostile_addresses(cards: list[Task], client: Client, path: str) -> None:
    answer = client.get(f"/api/v1/workspaces/acme/{path}")
    assert answer.status_code in (200, 400, 404), answer.content
    assert answer.status_code == 200 or answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    "headers",
    [
        {"if-match": "\xff" * 3000},
        {"idempotency-key": "x" * 256},
        {"accept": ";;;q=x"},
        {"authorization": "Token \xff"},
    ],
)
def test_hostile_headers(cards: list[Task], client: Client, headers: dict[str, str]) -> None:
    answer = client.patch("/api/v1/workspaces/acme/tasks/FLOW-1/", {"title": "x"}, content_type=JSON, headers=headers)
    assert answer.status_code < 500
    answer = client.post(
        "/api/v1/workspaces/acme/projects/FLOW/tasks/", {"title": "x"}, content_type=JSON, headers=headers
    )
    assert answer.status_code < 500


def test_bodies_that_are_too_large_are_not_even_read(client: Client) -> None:
    class Unread:
        def read(self, *size: int) -> bytes:
            raise AssertionError("read")

        readline = read

    for size in (1024 * 1024 + 1, 100 * 1024 * 1024, 10**18):
        answer = client.post(
            "/api/v1/workspaces/acme/projects/",
            **{"CONTENT_LENGTH": str(size), "wsgi.input": Unread(), "content_type": JSON},
        )
        problem(answer, str(size), 413)


@pytest.mark.parametrize(("size", "status"), [(100, 201), (1024 * 1024, 413), (100 * 1024 * 1024, 413)])
def test_chunked_bodies(client: Client, size: int, status: int) -> None:
    """No Content-Length: read as far as fits, and no further."""

    class Endless:
        taken = 0

        def read(self, most: int = -1) -> bytes:
            assert most > 0
            start, self.taken = self.taken, min(self.taken + most, len(text))
            return text[start : self.taken]

        readline = read

    text = b'{"name": "Streamed", "description": ""' + b" " * size + b"}"
    body = Endless()
    request = {"wsgi.input": body, "HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_TYPE": JSON}
    environ = RequestFactory(**client.defaults)._base_environ(
        PATH_INFO="/api/v1/workspaces/acme/projects/", REQUEST_METHOD="POST", **request
    )
    environ.pop("CONTENT_LENGTH", None)
    answer = client.handler(environ)
    assert answer.status_code == status, answer.content
    assert body.taken <= 1024 * 1024 + 1


def test_stored_text_is_inert(client: Client, cards: list[Task]) -> None:
    """Kept as written, sent as JSON that no browser takes for a page."""
    words = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
    answer = client.patch(
        "/api/v1/workspaces/acme/tasks/FLOW-1/", {"title": words, "description": words}, content_type=JSON
    )
    assert answer.json()["title"] == words
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == (JSON, "nosniff")


def test_a_fault_of_ours_leaves_nothing(alice: Actor, cards: list[Task], client: Client) -> None:
    """Even an error in the last statement before commit undoes the whole request."""
    before = checksum(alice.workspace.pk)
    with connection.execute_wrapper(_fails_on("UPDATE workspaces_stream SET hash")):
        answer = client.patch("/api/v1/workspaces/acme/tasks/FLOW-1/", {"title": "Half"}, content_type=JSON)
    assert answer.status_code == 500
    assert checksum(alice.workspace.pk) == before


def _fails_on(start: str) -> Any:
    def run(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith(start):
            raise RuntimeError("a fault")
        return execute(sql, params, many, context)

    return run


def test_the_gate_stands_before_everything_that_reads() -> None:
    from django.conf import settings

    names = settings.MIDDLEWARE
    assert names.index(f"{CleanInput.__module__}.CleanInput") < names.index(
        "django.contrib.sessions.middleware.SessionMiddleware"
    )
