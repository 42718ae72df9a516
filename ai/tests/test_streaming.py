"""The stream of words on the wire: a real server, a real model's protocol, and the door that all addresses share."""

import http.client
import json
import os
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from urllib.request import Request, urlopen

import pytest

from ai.models import AIBudget
from realtime.tests.server import PATIENCE, Server, server, session_key
from tasks.actions import create_comment
from tasks.models import Task
from workspaces import tenancy
from workspaces.actions import create_token
from workspaces.actor import Actor

from .provider import Provider
from .rows import switch_on, used

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
API, PAGE = "/api/v1/workspaces/acme/ai/complete/", "/w/acme/ai/write/"
SAID = {"purpose": "write.summarise", "task": "FLOW-1", "again": True}


@pytest.fixture(scope="module")
def running(django_db_setup: None, one_provider: Provider) -> Iterator[Server]:
    """A web process that asks the stand-in."""
    given = {"AI_PROVIDER": "openai", "AI_MODEL": "demo", "AI_API_KEY": "key", "AI_BASE_URL": one_provider.url}
    os.environ.update(given)
    try:
        with server() as up:
            yield up
    finally:
        for name in given:
            del os.environ[name]


@pytest.fixture
def token(alice: Actor, bob: Actor, cards: list[Task], provider: Provider) -> str:
    """Alice's; there is something to summarise."""
    switch_on(alice, bob)
    create_comment(alice, cards[0], body="Only in Firefox.")
    return create_token(alice, name="bot")[1]


@contextmanager
def asking(at: Server, token: str = "", body: Any = SAID, path: str = API, **headers: str) -> Iterator[Any]:
    """An answer whose body is still coming."""
    wire = http.client.HTTPConnection(at.host, timeout=PATIENCE)
    given = {"Accept": "text/event-stream", "Content-Type": "application/json", "Authorization": f"Token {token}"}
    said = {name.replace("_", "-"): value for name, value in (given | headers).items() if value}
    wire.request("POST", path, body if isinstance(body, bytes) else json.dumps(body), said)
    try:
        yield wire.getresponse()
    finally:
        wire.close()


def events(answer: Any) -> list[tuple[str, Any]]:
    """All of a stream."""
    found = [one.split("\n") for one in answer.read().decode().split("\n\n") if one.startswith("event: ")]
    return [(name.removeprefix("event: "), json.loads(data.removeprefix("data: "))) for name, data in found]


def first(answer: Any) -> dict[str, Any]:
    """The first event's data."""
    assert answer.readline() == b"event: delta\n"
    return dict(json.loads(answer.readline().removeprefix(b"data: ")))


def test_no_connection_is_held_while_the_model_is_waited_for(
    running: Server, provider: Provider, token: str, alice: Actor
) -> None:
    """More streams at once than the pool has connections, the first of their process; and a page is answered meanwhile."""
    provider.says("word " * 60)
    provider.pause = 0.05
    with ExitStack() as stack:
        answers = [stack.enter_context(asking(running, token)) for _ in range(15)]
        assert all(first(answer)["text"] for answer in answers)
        request = Request(
            f"http://{running.host}/api/v1/workspaces/acme/projects/", headers={"Authorization": f"Token {token}"}
        )
        with urlopen(request, timeout=PATIENCE) as page:
            assert page.status == 200
    until(lambda: len(used(alice)) == 15)


def test_words_come_as_they_are_written_and_the_receipt_last(
    running: Server, provider: Provider, token: str, alice: Actor
) -> None:
    provider.says("A first sentence. And a second one, which is longer.")
    with asking(running, token) as answer:
        assert (answer.status, answer.headers["Content-Type"]) == (200, "text/event-stream")
        assert answer.headers["Content-Security-Policy"] and answer.headers["RateLimit-Remaining"]
        assert "no-store" in answer.headers["Cache-Control"]
        said = events(answer)
    assert "".join(data["text"] for name, data in said[:-1]) == "A first sentence. And a second one, which is longer."
    assert len(said) > 3 and {name for name, _ in said[:-1]} == {"delta"}
    (row,) = used(alice)
    assert said[-1][0] == "usage" and said[-1][1]["id"] == said[0][1]["id"] == str(row.pk)
    assert row.outcome == "ok" and row.first_token_ms is not None


def test_the_same_address_answers_json_when_it_is_done(running: Server, provider: Provider, token: str) -> None:
    with asking(running, token, Accept="application/json") as answer:
        assert answer.headers["Content-Type"] == "application/json"
        said = json.loads(answer.read())
    assert said["text"] and said["usage"]["sent"]


def test_who_hangs_up_stops_the_model_and_pays_for_what_came(
    running: Server, provider: Provider, token: str, alice: Actor
) -> None:
    provider.says("word " * 400)
    provider.pause = 0.02
    with asking(running, token) as answer:
        shown = first(answer)["id"]
    until(lambda: provider.stopped == 1 and used(alice))
    (row,) = used(alice)
    assert (row.outcome, str(row.pk)) == ("cancelled", shown) and 0 < row.output_tokens < 400
    assert budget(alice).reserved == 0


def until(what: Any) -> None:
    deadline = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def budget(by: Actor) -> AIBudget:
    with tenancy.workspace(by.workspace.pk, atomic=True):
        return AIBudget.objects.within(by.workspace).get()  # type: ignore[no-any-return]


def test_a_stream_that_breaks_ends_with_a_problem(running: Server, provider: Provider, token: str) -> None:
    provider.says("A text that will be cut in the middle of it, as lines are.")
    provider.breaks("cut")
    with asking(running, token) as answer:
        said = events(answer)
    assert [name for name, _ in said].count("delta") >= 1 and said[-1][0] == "problem"
    assert said[-1][1]["status"] == 503 and "later" in said[-1][1]["detail"]


REFUSED: tuple[tuple[dict[str, Any], int], ...] = (
    ({"token": ""}, 401),
    ({"token": "fb_nonsense"}, 401),
    ({"body": b"{"}, 400),
    ({"body": {**SAID, "tone": "loud"}}, 400),
    ({"body": b'{"text": "' + b"x" * 1_100_000 + b'"}'}, 413),
    ({"body": {"purpose": "write.summarise", "task": "FLOW-9"}}, 404),
    ({"path": "/api/v1/workspaces/globex/ai/complete/"}, 404),
    ({"path": PAGE, "token": ""}, 403),
)


def test_the_door_is_that_of_all_addresses(running: Server, provider: Provider, token: str) -> None:
    for asked, status in REFUSED:
        with asking(running, **({"token": token} | asked)) as answer:
            assert answer.status == status and answer.headers["Content-Type"] != "text/event-stream", asked
            assert answer.headers["Content-Security-Policy"]
    assert not provider.asked


FOREIGN = (
    {"Origin": "http://evil.example"}, {"Host": "evil.example", "Origin": "http://evil.example"}, {"Sec_Fetch_Site": "cross-site"}, {"X_CSRFToken": "b" * 32},
)  # fmt: skip


def test_a_page_of_another_site_starts_nothing(running: Server, provider: Provider, token: str, alice: Actor) -> None:
    cookie = f"sessionid={session_key(alice)}; csrftoken={'a' * 32}"
    said = {"Cookie": cookie, "X_CSRFToken": "a" * 32, "Content_Type": "application/x-www-form-urlencoded"}
    body = b"purpose=write.summarise&task=FLOW-1"
    with asking(running, "", body, PAGE, Authorization="", Origin=f"http://{running.host}", **said) as answer:
        assert answer.status == 200 and events(answer)[-1][0] == "usage"
    for foreign in FOREIGN:
        with asking(running, "", body, PAGE, **({"Authorization": ""} | said | foreign)) as answer:
            assert answer.status == 403
    assert len(provider.asked) == 1


def test_a_process_that_ends_says_so_in_each_stream(
    one_provider: Provider, provider: Provider, token: str, running: Server, alice: Actor
) -> None:
    provider.says("word " * 4000)
    provider.pause = 0.02
    with server() as own, asking(own, token) as answer:
        first(answer)
        own.process.send_signal(signal.SIGTERM)
        assert events(answer)[-1][0] == "problem"
        assert own.process.wait(PATIENCE) in (0, -signal.SIGTERM)
    assert [row.outcome for row in used(alice)] == ["cancelled"]
