"""Trying wordings on saved cases, with the operator's own model: what they answer, how long it takes and what it costs."""

import asyncio
import time
from contextlib import aclosing
from dataclasses import dataclass, field

from django.conf import settings

from . import budget, providers
from .actions.metering import COMING
from .actions.prompts import note_trial
from .asking import Count, Request
from .calling import LONGEST
from .checking import Unfit, checked
from .cleaning import Cleaner
from .connections import Connection, from_environment
from .models import ModelPrice, PromptCase, PromptTrial, PromptVersion
from .opening import micros
from .providers import Fault, wire
from .reading.comparing import untried
from .wording import request_of


@dataclass
class Said:
    """What came back; `spent`: it may have cost something."""

    text: str = ""
    count: Count = field(default_factory=Count)
    seconds: float = 0.0
    fault: str = ""
    spent: bool = True


def try_next(version_ids: list[str], since: int) -> bool:
    """Whether there was one left to try."""
    found = untried(version_ids, since)
    if found:
        try_version(*found)
    return found is not None


def try_version(version: PromptVersion, case: PromptCase) -> PromptTrial:
    """One wording on one case. Cases are the operator's own inventions, so no workspace's budget is asked."""
    connections = from_environment()
    if not connections:
        none = PromptTrial(case=case, version=version, model="none", fault="No model is set up: set AI_PROVIDER.")
        return note_trial(none)
    connection, request = connections[0], request_of(version, case.inputs)
    said = asyncio.run(_said(connection, request))
    count = budget.counted(said.count, request, said.text) if said.spent else Count(0, 0)
    price = ModelPrice.objects.filter(provider=connection.kind, model=connection.model).first()
    trial = PromptTrial(
        case=case, version=version, model=connection.model, text=said.text, fault=said.fault or _form(version, said.text),
        input_tokens=count.input or 0, output_tokens=count.output or 0, cost_micros=micros(price, count),
        latency_ms=int(said.seconds * 1000),
    )  # fmt: skip
    return note_trial(trial)


async def _said(connection: Connection, request: Request) -> Said:
    said = Said()
    await wire.sdk("anthropic" if connection.kind == "anthropic" else "openai")  # whose import is no part of an answer
    began = time.monotonic()
    try:
        async with asyncio.timeout((1 + COMING) * settings.AI_DEADLINE):
            await _listen(connection, request, said)
    except Fault as fault:
        said.fault, said.spent = f"{connection.name} {fault.words}"[:200], fault.spent or bool(said.text)
    except TimeoutError:
        said.fault = f"{connection.name} did not answer in time"
    finally:
        await wire.close()
    said.seconds = time.monotonic() - began
    return said


async def _listen(connection: Connection, request: Request, said: Said) -> None:
    cleaner = Cleaner()
    async with aclosing(providers.stream(connection, request, said.count)) as pieces:  # type: ignore[type-var]
        async for piece in pieces:
            said.text += cleaner.feed(piece)
            if len(said.text) > LONGEST * request.max_output + 1000:
                raise Fault("answers without an end", spent=True)
    if not said.text.strip():
        raise Fault("answered nothing", spent=True)


def _form(version: PromptVersion, text: str) -> str:
    try:
        if version.schema:
            checked(text, version.schema)
    except Unfit as why:
        return f"Out of form: {why}"[:200]
    return ""
