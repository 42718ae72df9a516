"""The AI's answer on its way to whoever asked: pieces of text as `delta`, all of it anew as `text` where links were taken out,
its receipt as `usage`.
"""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from functools import partial
from typing import Any

from django.http import HttpRequest

from realtime.later import Event, Later
from workspaces.actor import Actor

from .asking import Answer, Ask, Receipt
from .links import with_known_links
from .providers import wire
from .service import AIService


def later(request: HttpRequest, by: Actor, ask: Ask, *, again: bool) -> Later:
    """The answer to this request, as a stream or whole; the model is asked when the request's transaction is over."""
    return Later(request, partial(events, by, ask, again), ended=wire.close)


async def events(by: Actor, ask: Ask, again: bool) -> AsyncGenerator[Event, None]:
    """Closed early, it stops the model and settles what was used."""
    service, known = AIService(by), False
    async with aclosing(service.stream(ask, again=again)) as pieces:  # type: ignore[type-var]
        async for piece in pieces:
            if isinstance(piece, Answer):
                if (text := with_known_links(piece.text, ask.inputs)) != piece.text:
                    yield "text", {"text": text}
                yield "usage", receipt(piece.receipt)
                continue
            yield "delta", {"text": piece} if known else {"text": piece, "id": service.usage_id}
            known = True


def receipt(of: Receipt) -> dict[str, Any]:
    """As programs and pages read it."""
    return {
        "id": of.usage_id, "provider": of.provider, "model": of.model, "prompt": of.prompt, "input_tokens": of.input_tokens,
        "output_tokens": of.output_tokens, "cached_tokens": of.cached_tokens, "cost_micros": of.cost_micros,
        "latency_ms": of.latency_ms, "cached_at": of.cached_at, "sent": list(of.sent),
    }  # fmt: skip
