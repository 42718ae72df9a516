"""OpenAI's Responses."""

from collections.abc import AsyncIterator
from typing import Any

from ..asking import Count, Request
from ..connections import Connection
from . import wire
from .faults import Fault, told


async def stream(connection: Connection, request: Request, count: Count) -> AsyncIterator[str]:
    """Nothing of it is stored at the provider's (`store`)."""
    openai: Any = await wire.sdk("openai")
    client = wire.client(connection, openai.AsyncOpenAI)
    messages = [{"role": role, "content": text} for role, text in request.messages]
    with told(openai):
        events = await client.responses.create(
            model=connection.model, instructions=request.system, input=messages,
            max_output_tokens=request.max_output, stream=True, store=False,
        )  # fmt: skip
        async with events:
            ended = False
            async for event in events:
                if event.type == "response.output_text.delta":
                    yield event.delta
                elif event.type in ("response.completed", "response.incomplete"):
                    ended = True
                    _count(event.response.usage, count)
                elif event.type in ("response.failed", "error"):
                    raise Fault("reported an error of its own", spent=True)
    if not ended:
        raise Fault("broke off its answer", spent=True)


def _count(usage: Any, count: Count) -> None:
    if usage is not None:
        count.input, count.output = usage.input_tokens, usage.output_tokens
        count.cached = getattr(usage.input_tokens_details, "cached_tokens", 0) or 0
