"""Anthropic's Messages."""

from collections.abc import AsyncIterator
from typing import Any

from ..asking import Count, Request
from ..connections import Connection
from . import wire
from .faults import Fault, told


async def stream(connection: Connection, request: Request, count: Count) -> AsyncIterator[str]:
    """The input is counted when the answer begins, the output when it ends."""
    anthropic: Any = await wire.sdk("anthropic")
    client = wire.client(connection, anthropic.AsyncAnthropic)
    messages = [{"role": role, "content": text} for role, text in request.messages]
    with told(anthropic):
        events = await client.messages.create(
            model=connection.model, system=request.system, messages=messages, max_tokens=request.max_output, stream=True
        )
        async with events:
            ended = False
            async for event in events:
                if event.type == "message_start":
                    _count_input(event.message.usage, count)
                elif event.type == "content_block_delta" and event.delta.type == "text_delta":
                    yield event.delta.text
                elif event.type == "message_delta":
                    count.output = event.usage.output_tokens
                elif event.type == "message_stop":
                    ended = True
    if not ended:
        raise Fault("broke off its answer", spent=True)


def _count_input(usage: Any, count: Count) -> None:
    """What the provider had kept, or keeps now, stands beside `input_tokens`, not in it."""
    count.cached = usage.cache_read_input_tokens or 0
    count.input = usage.input_tokens + count.cached + (usage.cache_creation_input_tokens or 0)
