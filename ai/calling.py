"""One call until it is answered: tries, fall-over, the clock, the form of the answer, and one repair."""

import asyncio
import logging
import random
import time
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

from django.conf import settings
from django.utils import timezone

from . import breaker, budget, providers
from .actions.metering import COMING, extend
from .asking import Answer, Count, Receipt, Request
from .checking import Unfit, checked
from .cleaning import Cleaner
from .connections import Connection
from .errors import BadAnswer, ModelDown, OverBudget
from .keys import seal
from .models import AIAnswer, AIUsage
from .opening import Call, cost
from .providers import Fault
from .threads import in_thread
from .wording import repair_of

log = logging.getLogger(__name__)
TRIES = 3  # of one model, before its first word
PAUSE = 0.5  # seconds before the second try; twice as long before the third
LONGEST = 24  # bytes of an answer for each token it may have: more is no answer
Outcome = AIUsage.Outcome


class Calling:
    """What came of it so far; `usage` and `kept` say what to write down."""

    def __init__(self, call: Call, *, until: float) -> None:
        self.call, self.until, self.started = call, until, time.monotonic()
        self.connection = call.connections[0]
        self.first_token: float | None = None
        self.spent = Count(0, 0)  # of tries that are over
        self.trying: tuple[Request, Count] | None = None
        self.unsure = False  # an earlier try may have cost something: what is held no longer covers another one
        self.came = ""
        self.data: Any = None
        self.outcome: str = Outcome.FAILED
        self.fault = ""
        self.ended: float | None = None

    async def pieces(self) -> AsyncIterator[str]:
        """The text as it comes. What does not fit the schema is not taken back: who streams shows a draft."""
        async for piece in self._text(self.call.request):
            yield piece
        self.outcome = Outcome.OK
        if not self.call.version.schema:
            return
        try:
            self.data = checked(self.came, self.call.version.schema)
        except Unfit as why:
            await self._repair(str(why))

    def finish(self) -> None:
        self._over()
        self.ended = time.monotonic()

    def broke(self, error: BaseException) -> None:
        """Settle as failed; our words alone are kept."""
        self.outcome = Outcome.FAILED
        self.fault = str(getattr(error, "words", "something broke on our side"))[:200]

    async def _repair(self, why: str) -> None:
        again = repair_of(self.call.request, self.came, why)
        self.outcome = Outcome.FAILED
        try:
            await self._hold_more(again)
        except OverBudget:
            raise BadAnswer(
                "The model's answer was not in the form that was asked for, and the budget leaves no room for another try."
            ) from None
        async for _ in self._text(again):
            pass
        try:
            self.data = checked(self.came, self.call.version.schema)
        except Unfit:
            raise BadAnswer(
                "The model's answer was not in the form that was asked for, twice. Try again, or ask the operator for another model."
            ) from None
        self.outcome = Outcome.REPAIRED

    async def _text(self, request: Request) -> AsyncIterator[str]:
        """From the first connection that has a first word; after that no other is asked."""
        faults: dict[str, Fault] = {}
        for connection in self.call.connections:
            if not breaker.may_ask(connection):
                faults[connection.name] = Fault("was down a moment ago")
                continue
            self.connection = connection
            for number in range(TRIES):
                if self.unsure:
                    await self._hold_more(request)
                try:
                    async for piece in self._try(connection, request):
                        yield piece
                    breaker.worked(connection)
                    return
                except Fault as fault:
                    faults[connection.name] = fault
                    self._note(connection, fault)
                    if self.came:
                        raise self._down(faults) from None
                    if not fault.again or number == TRIES - 1 or not await self._rested(number):
                        break
        raise self._down(faults)

    async def _try(self, connection: Connection, request: Request) -> AsyncIterator[str]:
        count = Count()
        self.came, self.trying = "", (request, count)
        cleaner, most = Cleaner(), LONGEST * request.max_output + 1000
        async with aclosing(providers.stream(connection, request, count)) as raw:  # type: ignore[type-var]
            while (piece := await self._next(raw)) is not None:
                if not piece:
                    continue
                if self.first_token is None:
                    self.first_token = time.monotonic()
                    self.until += COMING * settings.AI_DEADLINE
                self.came += (seen := cleaner.feed(piece))
                if len(self.came) > most:
                    raise Fault("answers without an end", spent=True)
                if seen:
                    yield seen
        self._over()
        if not self.came.strip():
            raise Fault("answered nothing", spent=True)

    async def _next(self, raw: AsyncIterator[str]) -> str | None:
        left = self.until - time.monotonic()
        try:
            async with asyncio.timeout(max(0.0, min(left, self.connection.timeout))):
                return await anext(raw, None)
        except TimeoutError:
            raise Fault("did not answer in time", spent=True) from None

    def _note(self, connection: Connection, fault: Fault) -> None:
        log.warning("%s %s", connection.name, fault.words)
        self._over(spent=fault.spent)
        self.unsure = self.unsure or fault.spent
        if fault.again or fault.spent:
            breaker.failed(connection)

    def _over(self, *, spent: bool = True) -> None:
        """The try has ended: what it took adds up."""
        if self.trying is None:
            return
        (request, count), self.trying = self.trying, None
        if spent or self.came or count.input is not None:
            known = budget.counted(count, request, self.came)
            self.spent = Count(
                (self.spent.input or 0) + (known.input or 0),
                (self.spent.output or 0) + (known.output or 0),
                self.spent.cached + known.cached,
            )

    async def _hold_more(self, request: Request) -> None:
        assert self.call.held is not None
        self.unsure = False
        await in_thread(extend)(self.call.by.workspace.pk, self.call.held, budget.most(request))

    async def _rested(self, number: int) -> bool:
        """Whether there was time for a pause."""
        pause = PAUSE * 2**number * random.uniform(0.75, 1.25)
        if time.monotonic() + pause >= self.until:
            return False
        await asyncio.sleep(pause)
        return True

    def _down(self, faults: dict[str, Fault]) -> ModelDown:
        words = "; ".join(f"{name} {fault.words}" for name, fault in faults.items())
        return ModelDown(f"The AI cannot be reached at the moment: {words}. Everything else works; try again later.")

    def usage(self) -> AIUsage:
        """The row of it; what is still under way was stopped."""
        self._over()
        call, held, now = self.call, self.call.held, self.ended or time.monotonic()
        assert held is not None
        keeps = call.settings.keep_texts
        row = AIUsage(
            id=held.usage, workspace=call.by.workspace, user=call.by.user, purpose=call.ask.purpose, provider=self.connection.kind,
            model=self.connection.model, prompt_id=call.version.pk, budget_kind=held.kind, input_tokens=self.spent.input or 0,
            output_tokens=self.spent.output or 0, cached_tokens=self.spent.cached, latency_ms=_ms(now - self.started),
            first_token_ms=None if self.first_token is None else _ms(self.first_token - self.started), outcome=self.outcome,
            fault=self.fault, via=call.by.via, sent=list(call.ask.sent), projects=list(call.ask.projects),
            asked=seal(call.request.messages[0][1], "ai-texts") if keeps else "", answered=seal(self.came, "ai-texts") if keeps else "",
        )  # fmt: skip
        row.cost_micros = cost(call, self.connection, row)
        return row

    def kept(self) -> AIAnswer | None:
        """For whoever asks the same."""
        call = self.call
        if not call.ask.read_seq or self.outcome not in (Outcome.OK, Outcome.REPAIRED) or call.held is None:
            return None
        return AIAnswer(
            workspace=call.by.workspace, key=call.key, usage_id=call.held.usage, text=seal(self.came, "ai-texts"), read_seq=call.ask.read_seq,
            projects=list(call.ask.projects), subjects=list(call.ask.subjects), created_at=timezone.now(),
        )  # fmt: skip

    def answer(self) -> Answer:
        """With its receipt."""
        usage = self.usage()
        receipt = Receipt(
            usage.pk, usage.provider, usage.model, self.call.name, usage.input_tokens, usage.output_tokens, usage.cached_tokens,
            usage.cost_micros, usage.latency_ms, None, self.call.ask.sent,
        )  # fmt: skip
        return Answer(self.came, self.data, receipt)


def _ms(seconds: float) -> int:
    return int(seconds * 1000)
