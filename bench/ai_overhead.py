"""What AIService adds to the bare SDK, against the same stand-in on loopback: python -m bench.ai_overhead [--calls 200] [--streams 200]

Bare and ours in turns, one call at a time: milliseconds to the first token. Then many streams at once in one process: to
the first token and to the end, how many connections to PostgreSQL they hold meanwhile, and memory.
"""

import argparse
import asyncio
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, contextmanager
from typing import Any

from bench import _ai  # first: it sets Django up

# isort: split

from django.conf import settings
from django.db import connections

from ai.asking import Request
from ai.models import PromptVersion
from ai.service import AIService
from ai.tests.provider import reachable
from ai.wording import request_of
from workspaces.actor import Actor

AIM = 5.0  # ms that ours may add at p50
BUSY = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'flowboard_app' AND state <> 'idle'"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=200)
    parser.add_argument("--streams", type=int, default=200)
    options = parser.parse_args()
    by = _ai.workspace("overhead")
    with stand_in() as port:
        for kind in ("openai", "openai_chat", "anthropic"):
            root = f"http://127.0.0.1:{port}"
            _ai.connect(root if kind == "anthropic" else f"{root}/v1", kind)
            asyncio.run(in_turns(by, kind, options.calls))
        _ai.connect(f"{root}/v1", model="slow")
        asyncio.run(at_once(by, options.streams))


@contextmanager
def stand_in() -> Iterator[int]:
    """In a process of its own, so that it takes no time of ours."""
    port = _ai.free_port()
    child = subprocess.Popen([sys.executable, "-m", "ai.tests.provider", str(port)])
    try:
        reachable(port)
        yield port
    finally:
        child.terminate()
        child.wait()


async def in_turns(by: Actor, kind: str, calls: int) -> None:
    """Bare, ours, bare, ours … after ten of each that nobody counts."""
    version = await PromptVersion.objects.aget(prompt__purpose=_ai.ASK.purpose, state="active")
    request, client = request_of(version, _ai.ASK.inputs), client_of(kind)
    bare, ours = Timed(), Timed()
    for number in range(calls + 10):
        if number == 10:
            bare, ours = Timed(), Timed()
        await bare.take(by_sdk(client, kind, request))
        await ours.take(AIService(by).stream(_ai.ASK, again=True))
    more = bare.beside(ours)
    print(
        f"{kind}: {calls} calls each, to the first token: bare {bare}; ours {ours}; overhead p50 {more:.1f} ms"
        f" (aim ≤ {AIM}: {'kept' if more <= AIM else 'missed'})",
        flush=True,
    )


class Timed:
    """Of calls one after the other: milliseconds to the first token, and the processor's for all of the call."""

    def __init__(self) -> None:
        self.firsts: list[float] = []
        self.busy: list[float] = []

    async def take(self, pieces: Any) -> None:
        began = time.process_time()
        self.firsts.append(await first(pieces))
        self.busy.append((time.process_time() - began) * 1000)

    def beside(self, other: "Timed") -> float:
        """How much later the other's first token comes, at p50."""
        return statistics.median(other.firsts) - statistics.median(self.firsts)

    def __str__(self) -> str:
        return f"p50 {statistics.median(self.firsts):.1f} ms, p95 {p95(self.firsts):.1f}, processor {statistics.median(self.busy):.1f}"


def client_of(kind: str) -> Any:
    """The SDK's own client, made once, as its guide says."""
    import anthropic
    import openai

    sdk = anthropic.AsyncAnthropic if kind == "anthropic" else openai.AsyncOpenAI
    return sdk(api_key="key", base_url=settings.AI_BASE_URL, max_retries=0)


async def by_sdk(client: Any, kind: str, request: Request) -> AsyncIterator[str]:
    """The same question as ours, with nothing around it."""
    messages: list[Any] = [{"role": role, "content": text} for role, text in request.messages]
    if kind == "openai":
        async for event in await client.responses.create(
            model="demo", instructions=request.system, input=messages, max_output_tokens=request.max_output, stream=True
        ):
            if event.type == "response.output_text.delta":
                yield event.delta
    elif kind == "openai_chat":
        messages.insert(0, {"role": "system", "content": request.system})
        async for chunk in await client.chat.completions.create(
            model="demo",
            messages=messages,
            max_completion_tokens=request.max_output,
            stream=True,
            stream_options={"include_usage": True},
        ):
            if chunk.choices and chunk.choices[0].delta.content:
                yield chunk.choices[0].delta.content
    else:
        async for event in await client.messages.create(
            model="demo", system=request.system, messages=messages, max_tokens=request.max_output, stream=True
        ):
            if event.type == "content_block_delta":
                yield event.delta.text


async def first(pieces: Any) -> float:
    """Milliseconds to the first piece; the rest is read too."""
    began, found = time.perf_counter(), 0.0
    async with aclosing(pieces) as stream:
        async for _ in stream:
            found = found or (time.perf_counter() - began) * 1000
    return found


async def at_once(by: Actor, streams: int) -> None:
    """All of them, while somebody counts the connections that do something."""
    before, began = memory(), time.perf_counter()
    ends = asyncio.Event()
    watch = asyncio.create_task(busiest(ends))
    found = await asyncio.gather(*(timed(by) for _ in range(streams)), return_exceptions=True)
    ends.set()
    faults = [one for one in found if isinstance(one, BaseException)]
    firsts = [one[0] for one in found if not isinstance(one, BaseException)]
    lasts = [one[1] for one in found if not isinstance(one, BaseException)]
    busy = await watch
    print(
        f"{streams} streams at once in one process: {len(faults)} failed {faults[:1] or ''}; to the first token p50 {statistics.median(firsts):.0f} ms, p95"
        f" {p95(firsts):.0f}; to the end p50 {statistics.median(lasts):.0f} ms, all in {time.perf_counter() - began:.1f} s; connections at work meanwhile:"
        f" most {max(busy)}, median {statistics.median(busy):.0f} of {len(busy)} looks; memory {before:.0f} → {memory():.0f} MB",
        flush=True,
    )


async def timed(by: Actor) -> tuple[float, float]:
    began, found = time.perf_counter(), 0.0
    async with aclosing(AIService(by).stream(_ai.ASK, again=True)) as stream:
        async for _ in stream:
            found = found or (time.perf_counter() - began) * 1000
    return found, (time.perf_counter() - began) * 1000


async def busiest(ends: asyncio.Event) -> list[int]:
    """How many connections of the application's are at work, ten times a second."""
    looks: list[int] = []
    while not ends.is_set():
        looks.append(await asyncio.to_thread(_busy))
        await asyncio.sleep(0.1)
    return looks


def _busy() -> int:
    with connections["owner"].cursor() as cursor:
        cursor.execute(BUSY)
        return int(cursor.fetchone()[0])


def memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def p95(values: list[float]) -> float:
    return sorted(values)[int(len(values) * 0.95) - 1]


if __name__ == "__main__":
    main()
