"""OpenAI's Chat Completions, which most other servers speak too (Ollama, vLLM, llama.cpp)."""

from collections.abc import AsyncIterator
from typing import Any

from ..asking import Count, Request
from ..connections import Connection
from . import wire
from .faults import Fault, told


async def stream(connection: Connection, request: Request, count: Count) -> AsyncIterator[str]:
    """A server that does not count is counted by us."""
    openai: Any = await wire.sdk("openai")
    client = wire.client(connection, openai.AsyncOpenAI)
    messages = [("system", request.system), *request.messages]
    with told(openai):
        chunks = await client.chat.completions.create(
            model=connection.model, messages=[{"role": role, "content": text} for role, text in messages],
            max_completion_tokens=request.max_output, stream=True, stream_options={"include_usage": True},
        )  # fmt: skip
        async with chunks:
            ended = False
            async for chunk in chunks:
                _count(chunk.usage, count)
                for choice in chunk.choices or ():
                    if choice.delta and choice.delta.content:
                        yield choice.delta.content
                    ended = ended or choice.finish_reason is not None
    if not ended:
        raise Fault("broke off its answer", spent=True)


def _count(usage: Any, count: Count) -> None:
    if usage is not None:
        count.input, count.output = usage.prompt_tokens, usage.completion_tokens
        count.cached = getattr(usage.prompt_tokens_details, "cached_tokens", 0) or 0
