"""A stand-in for the providers, on the wire: it speaks OpenAI's Responses and Chat Completions and Anthropic's Messages,
streamed and whole, counts tokens, and breaks on request.

Alone, for looking at pages: `python -m ai.tests.provider PORT`, and AI_PROVIDER=openai AI_MODEL=demo
AI_BASE_URL=http://127.0.0.1:PORT/v1 for FlowBoard. A model called `fault-429`, `fault-500`, `fault-hang`, `fault-cut`,
`fault-garbage`, `fault-endless` or `fault-nothing` breaks in that way, `slow` takes its time.
"""

import asyncio
import json
import socket
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import uvicorn

from . import wires


@dataclass(frozen=True)
class Asked:
    """A request as it came: `data` is what stood in the block of JSON, `text` all of it."""

    path: str
    key: str
    model: str
    system: str
    messages: list[tuple[str, str]]
    max_output: int
    stream: bool

    @property
    def text(self) -> str:
        return "\n".join([self.system, *(text for _, text in self.messages)])

    @property
    def data(self) -> Any:
        said = self.messages[0][1].partition("<data>")[2].rpartition("</data>")[0]
        return json.loads(said) if said.strip() else None

    @property
    def schema(self) -> Any:
        said = self.system.partition("JSON Schema:\n")[2]
        return json.loads(said) if said else None


@dataclass
class Provider:
    """What it answers next, and what it was asked."""

    port: int = 0
    asked: list[Asked] = field(default_factory=list)
    answers: list[tuple[str, Any]] = field(default_factory=list)
    faults: deque[str] = field(default_factory=deque)
    usage: tuple[int, int] | None = None  # what it says was used, instead of what was
    spent: int = 0  # tokens really used
    stopped: int = 0  # answers that the caller did not wait for
    pause: float = 0.0  # between two pieces

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def root(self) -> str:
        """For Anthropic's SDK, which adds the /v1 itself."""
        return f"http://127.0.0.1:{self.port}"

    def says(self, answer: Any, *, when: str = "") -> None:
        """A text, or a function of what is Asked, where `when` stands in the request. The newest that fits is taken."""
        self.answers.insert(0, (when, answer))

    def breaks(self, *how: str) -> None:
        """One call after the other: 401, 429, 500, hang, cut, garbage, endless, nothing, ok."""
        self.faults.extend(how)

    def answer(self, asked: Asked) -> str:
        for when, answer in self.answers:
            if when in asked.text:
                return str(answer(asked) if callable(answer) else answer)
        if asked.schema:
            return json.dumps(example(asked.schema))
        return "This is what a model would write.\n\n- It comes in pieces.\n- It ends by itself."

    def fault(self, asked: Asked) -> str:
        if asked.model.startswith("fault-"):
            return asked.model.removeprefix("fault-")
        return self.faults.popleft() if self.faults else "ok"

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        asked = wires.parse(scope, await body_of(receive))
        self.asked.append(asked)
        how = self.fault(asked)
        if how in ("401", "429", "500"):
            await wires.refuse(send, int(how), asked)
            return
        gone = asyncio.create_task(left(receive))
        work = asyncio.create_task(self._speak(asked, how, send))
        await asyncio.wait({gone, work}, return_when=asyncio.FIRST_COMPLETED)
        if not work.done():
            self.stopped += 1
        for one in (gone, work):
            one.cancel()

    async def _speak(self, asked: Asked, how: str, send: Any) -> None:
        if how == "hang":
            await asyncio.sleep(3600)
        self.spent += tokens(asked.text)
        text = {"nothing": "", "endless": "on and on " * 200_000}.get(how) or (
            "" if how == "nothing" else self.answer(asked)
        )
        speaker = wires.Speaker(asked, send, self.usage)
        await speaker.start()
        pieces, came = list(pieces_of(text)), 0
        for place, piece in enumerate(pieces):
            if how == "cut" and place >= len(pieces) // 2:
                raise ConnectionError("cut on purpose")
            if how == "garbage" and place:
                await speaker.raw(b"data: {this is no JSON\n\n")
                return
            self.spent += max(1, (came + len(piece.encode())) // 4) - (max(1, came // 4) if place else 0)
            came += len(piece.encode())
            await speaker.say(piece)
            await asyncio.sleep(self.pause or (0.15 if asked.model == "slow" else 0))
        await speaker.end(text, tokens(asked.text), tokens(text))


def tokens(text: str) -> int:
    """Four bytes each, as in English; at least one."""
    return max(1, len(text.encode()) // 4)


def pieces_of(text: str) -> Iterator[str]:
    """A few words at a time."""
    for start in range(0, len(text), 12):
        yield text[start : start + 12]


def example(schema: dict[str, Any]) -> Any:
    """The smallest value that fits, for pages that are only looked at."""
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema.get("type", "string")
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == "object":
        inner = schema.get("properties", {})
        return {name: example(inner.get(name, {})) for name in schema.get("required", inner)}
    if kind == "array":
        return [example(schema.get("items", {})) for _ in range(max(1, schema.get("minItems", 1)))]
    return {
        "integer": schema.get("minimum", 1),
        "number": schema.get("minimum", 1),
        "boolean": False,
        "null": None,
    }.get(kind, "An example")


async def body_of(receive: Any) -> bytes:
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            return body


async def left(receive: Any) -> None:
    """Until the caller has gone."""
    while (await receive())["type"] != "http.disconnect":
        pass


@contextmanager
def running(port: int = 0) -> Iterator[Provider]:
    """On a thread, for the length of a block."""
    provider = Provider()
    sock = socket.create_server(("127.0.0.1", port))
    provider.port = sock.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(provider, log_level="critical", lifespan="off", timeout_graceful_shutdown=0))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [sock]}, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.should_exit = True
        thread.join(5)
        sock.close()


def reachable(port: int) -> None:
    """Wait until somebody listens; ten seconds at most."""
    for _ in range(200):
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.5):
            return
        time.sleep(0.05)
    raise SystemExit("The stand-in did not start.")


if __name__ == "__main__":
    uvicorn.run(Provider(), host="127.0.0.1", port=int(sys.argv[1]), log_level="warning", lifespan="off")
