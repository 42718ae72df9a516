"""Input that no part of the program should have to meet is answered at once."""

import io
import json

import pytest
from django.test import Client

from tasks.models import Project, Task
from workspaces import tenancy
from workspaces.actor import Actor
from workspaces.tests.people import Program, browser


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/api/v1/workspaces/acme/events", "/w/acme/"])
def test_a_cookie_with_nul_is_a_clear_400(path: str) -> None:
    answer = Client(headers={"cookie": 'sessionid="\\000aaaaaaaaaaaaaaaaaaaa"'}).get(path)
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("query", "headers", "status"),
    [
        ("?q=" + "x" * 9000, {}, 414),
        ("?" + "a=1&" * 3000, {}, 414),
        ("", {"content-encoding": "gzip"}, 415),
        ("", {"content-encoding": "br"}, 415),
    ],
)
def test_what_is_too_long_or_packed_is_not_read(query: str, headers: dict[str, str], status: int) -> None:
    answer = Client(headers=headers).get(f"/api/v1/workspaces/acme/search{query}")
    assert answer.status_code == status and answer.json()["detail"]


@pytest.mark.parametrize(
    ("path", "size", "status"),
    [
        ("/api/v1/workspaces/acme/projects/", 1024 * 1024 + 1, 413),
        ("/w/acme/projects/new/", 2 * 1024 * 1024 + 1, 413),
        ("/api/v1/workspaces/acme/tasks/FLOW-1/attachments/", 50 * 1024 * 1024 + 1, 413),
    ],
)
@pytest.mark.parametrize("kind", ["application/json", "multipart/form-data; boundary=a"])
def test_only_where_files_are_taken_a_body_is_large(path: str, size: int, status: int, kind: str) -> None:
    answer = Client().post(path, b"", content_type=kind, CONTENT_LENGTH=str(size))
    assert answer.status_code == status


def half(client: Client, path: str, kind: str, body: bytes) -> int:
    """The line is cut in the middle of the body."""
    stream = {"wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(2 * len(body)), "CONTENT_TYPE": kind}
    return int(client.request(REQUEST_METHOD="POST", PATH_INFO=path, **stream).status_code)


@pytest.mark.django_db
def test_half_a_request_is_no_request(alice: Actor, project: Project) -> None:
    whole = json.dumps({"title": "Half"}).encode()
    form = b"title=A sentence that was"
    assert half(Program(alice).client, "/api/v1/workspaces/acme/projects/FLOW/tasks/", "application/json", whole) == 400
    assert half(browser(alice), "/w/acme/p/FLOW/tasks/", "application/x-www-form-urlencoded", form) == 400
    assert half(browser(alice), "/accounts/login/", "application/x-www-form-urlencoded", b"login=alice") == 400
    with tenancy.workspace(alice.workspace.pk, atomic=True):
        assert not Task.objects.within(alice.workspace).exists()
