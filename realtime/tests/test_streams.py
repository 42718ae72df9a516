"""Answers that take a while: events as they come, or all at once; ended by the client, by a fault, by the process."""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from realtime import streams
from realtime.later import Answers, Event, Later, Source
from realtime.streams import Streams
from workspaces.errors import Refused

ADDRESS = "/slow/"
TWO = [("delta", {"text": "One\n"}), ("delta", {"text": "two"}), ("usage", {"tokens": 2})]


class Client:
    """The other end of an ASGI server: what it sent, until it hangs up."""

    def __init__(self, *events: Event, source: Source | None = None, accept: str = "text/event-stream") -> None:
        self.heard: list[dict[str, Any]] = []
        self.accept, self.closed, self.hung_up = accept, False, asyncio.Event()
        self.source = source or self._all(events)
        self.body = iter([{"type": "http.request", "body": b"{}"}])

    def _all(self, events: tuple[Event, ...]) -> Source:
        async def source() -> AsyncGenerator[Event, None]:
            for event in events:
                yield event

        return source

    async def post(self, path: str = ADDRESS) -> None:
        headers = [(b"accept", self.accept.encode()), (b"content-type", b"application/json")]
        scope = {
            "type": "http", "method": "POST", "path": path, "query_string": b"", "http_version": "1.1", "headers": headers,
        }  # fmt: skip
        await Streams(self._pages, self._rest, ADDRESS)(scope, self._receive, self._send)

    def _pages(self, environ: dict[str, Any], start: object) -> HttpResponse:
        request = RequestFactory().post(ADDRESS, headers={"accept": environ["HTTP_ACCEPT"]})
        return later(request, self.source)

    async def _rest(self, scope: object, receive: object, send: Any) -> None:
        await send({"type": "http.response.start", "status": 404})

    async def _receive(self) -> dict[str, Any]:
        if (part := next(self.body, None)) is None:
            await self.hung_up.wait()
            return {"type": "http.disconnect"}
        return part

    async def _send(self, message: Any) -> None:
        self.heard.append(dict(message))

    @property
    def status(self) -> int:
        return int(self.heard[0]["status"])

    @property
    def headers(self) -> dict[str, str]:
        return {name.decode(): value.decode() for name, value in self.heard[0]["headers"]}

    @property
    def text(self) -> str:
        return b"".join(one["body"] for one in self.heard[1:]).decode()


class Person:
    pk = "alice"


def later(request: HttpRequest, source: Source) -> Later:
    request.user = Person()  # type: ignore[assignment]
    made = Later(request, source)
    made["Content-Security-Policy"] = "default-src 'self'"
    return made


@pytest.fixture
def run() -> Callable[[Coroutine[Any, Any, None]], None]:
    def all_of(work: Coroutine[Any, Any, None]) -> None:
        async def soon() -> None:
            async with asyncio.timeout(20):
                await work

        with ThreadPoolExecutor(1) as elsewhere:  # a browser of an earlier test may keep a loop in this thread
            elsewhere.submit(asyncio.run, soon()).result()
        assert not streams._open

    return all_of


def test_events_go_out_as_they_come_with_the_pages_own_headers(run: Any) -> None:
    client = Client(*TWO)  # type: ignore[arg-type]
    run(client.post())
    assert client.status == 200 and client.headers["content-type"] == "text/event-stream"
    assert client.headers["content-security-policy"] and client.headers["cache-control"] == "no-store"
    assert client.text == (
        'event: delta\ndata: {"text":"One\\n"}\n\nevent: delta\ndata: {"text":"two"}\n\n'
        'event: usage\ndata: {"tokens":2}\n\n'
    )
    assert len(client.heard) == 5 and not client.heard[-1]["more_body"]


def test_who_asks_for_json_gets_it_when_it_is_done(run: Any) -> None:
    client = Client(*TWO, accept="application/json")  # type: ignore[arg-type]
    run(client.post())
    assert json.loads(client.text) == {"text": "One\ntwo", "usage": {"tokens": 2}}
    assert client.headers["content-type"] == "application/json" and client.headers["content-security-policy"]


def test_another_address_is_none_of_ours(run: Any) -> None:
    client = Client()
    run(client.post("/elsewhere/"))
    assert client.status == 404


def failing(error: Exception, *before: Event) -> Source:
    async def source() -> AsyncGenerator[Event, None]:
        for event in before:
            yield event
        raise error

    return source


def test_what_fails_before_the_first_word_is_the_answer(run: Any) -> None:
    no = Refused("Not today.", "task")
    for accept in ("text/event-stream", "application/json"):
        client = Client(source=failing(no), accept=accept)
        run(client.post())
        assert client.status == 422 and client.headers["content-type"] == "application/problem+json"
        assert json.loads(client.text)["errors"] == {"task": ["Not today."]}


def test_what_fails_later_is_the_last_event(run: Any) -> None:
    client = Client(source=failing(OSError("down"), TWO[0]))  # type: ignore[arg-type]
    run(client.post())
    said = client.text.split("\n\n")
    assert client.status == 200 and said[1].startswith("event: problem\n")
    assert json.loads(said[1].partition("data: ")[2])["status"] == 503


class Waiting:
    """A source that says one thing and then waits; `settled` once it was closed."""

    def __init__(self, *first: Event) -> None:
        self.first, self.waits, self.settled = first, asyncio.Event(), False

    async def __call__(self) -> AsyncGenerator[Event, None]:
        try:
            for event in self.first:
                yield event
            self.waits.set()
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)  # as settling waits for a database
            self.settled = True


@pytest.mark.parametrize("accept", ["text/event-stream", "application/json"])
def test_a_client_that_hangs_up_ends_the_source(run: Any, accept: str) -> None:
    source = Waiting()
    client = Client(source=source, accept=accept)

    async def hang_up() -> None:
        async with asyncio.TaskGroup() as both:
            both.create_task(client.post())
            await source.waits.wait()
            client.hung_up.set()

    run(hang_up())
    assert source.settled and not client.heard


def test_a_quiet_answer_shows_that_it_is_alive(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "HEARTBEAT", 0.01)
    source = Waiting(TWO[0])  # type: ignore[arg-type]
    client = Client(source=source)

    async def listen() -> None:
        async with asyncio.TaskGroup() as both:
            both.create_task(client.post())
            while ": here" not in client.text:
                await asyncio.sleep(0.01)
            client.hung_up.set()

    run(listen())
    assert source.settled


def test_when_the_process_ends_whoever_waits_is_told(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "_leaving", asyncio.Event())
    source, late = Waiting(TWO[0]), Client(*TWO)  # type: ignore[arg-type]
    client = Client(source=source)

    async def end() -> None:
        async with asyncio.TaskGroup() as both:
            both.create_task(client.post())
            await source.waits.wait()
            await streams.drain()
        await late.post()

    run(end())
    assert source.settled and "event: problem" in client.text and streams.RESTARTING in client.text
    assert late.status == 503


def test_one_person_waits_for_so_many_and_no_more(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "PER_PERSON", 1)
    source = Waiting(TWO[0])  # type: ignore[arg-type]
    client, second = Client(source=source), Client(*TWO)  # type: ignore[arg-type]

    async def both_at_once() -> None:
        async with asyncio.TaskGroup() as both:
            both.create_task(client.post())
            await source.waits.wait()
            await second.post()
            client.hung_up.set()

    run(both_at_once())
    assert second.status == 429 and second.headers["retry-after"] == "5"


def test_where_there_is_no_event_loop_a_thread_waits(rf: RequestFactory) -> None:
    request = rf.post(ADDRESS)
    source = Client(*TWO).source  # type: ignore[arg-type]
    with ThreadPoolExecutor(1) as elsewhere:
        response = elsewhere.submit(Answers(lambda request: later(request, source)), request).result()
    assert json.loads(response.content) == {"text": "One\ntwo", "usage": {"tokens": 2}}
    assert response["Content-Security-Policy"] and response["Content-Type"] == "application/json"
