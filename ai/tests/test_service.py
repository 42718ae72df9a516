"""AIService at its door: what goes before a call, the call, and what is written down after it."""

from typing import Any

import pytest
from asgiref.sync import async_to_sync

from ai.errors import NoModel, Off, OverBudget
from ai.service import AIService, Answer, Ask, complete
from workspaces.actor import Actor

from .provider import Provider
from .rows import held, month, switch_on, used

ASK = Ask("write.draft", {"wanted": "a reminder", "place": "description"}, sent=("title of FLOW-1",))


async def gathered(by: Actor, ask: Ask) -> list[Any]:
    return [piece async for piece in AIService(by).stream(ask)]


@pytest.mark.parametrize("kind", ["openai", "openai_chat", "anthropic"])
def test_it_answers_counts_and_gives_a_receipt(bob: Actor, ai_on: Provider, settings: Any, kind: str) -> None:
    settings.AI_PROVIDER, settings.AI_BASE_URL = kind, ai_on.root if kind == "anthropic" else ai_on.url
    ai_on.says("Remember the milk.")
    answer = complete(bob, ASK)
    (usage,), asked = used(bob), ai_on.asked[0]
    assert answer.text == "Remember the milk." and answer.data is None
    assert asked.data == ASK.inputs and asked.key == "key-of-the-operator" and asked.max_output == 1200
    assert (usage.outcome, usage.purpose, usage.provider, usage.model, usage.user_id) == (
        "ok",
        "write.draft",
        kind,
        "demo",
        bob.user.pk,
    )
    assert usage.input_tokens + usage.output_tokens == ai_on.spent == month(bob).used
    assert usage.first_token_ms is not None and usage.sent == ["title of FLOW-1"] and usage.asked == ""
    assert answer.receipt.usage_id == usage.pk and answer.receipt.prompt == "write.draft 1"
    assert month(bob).reserved == 0 and held(bob) == []


def test_it_streams(bob: Actor, ai_on: Provider) -> None:
    ai_on.says("One two three four five six.")
    *pieces, answer = async_to_sync(gathered)(bob, ASK)
    assert len(pieces) == 3 and "".join(pieces) == answer.text == "One two three four five six."
    assert isinstance(answer, Answer)


def test_off_is_off_and_says_the_way_out(alice: Actor, bob: Actor, gus: Actor, provider: Provider) -> None:
    with pytest.raises(Off, match="an owner can switch it on"):
        complete(alice, ASK)
    switch_on(alice, gus)
    with pytest.raises(Off, match="off for you"):
        complete(bob, ASK)
    with pytest.raises(Exception, match="Your role"):
        complete(gus, ASK)
    assert provider.asked == [] and used(alice) == []


def test_guests_where_the_workspace_says_so(alice: Actor, gus: Actor, provider: Provider) -> None:
    switch_on(alice, gus, guests=True)
    assert complete(gus, ASK).text


def test_without_a_model_it_says_what_is_missing(bob: Actor, ai_on: Provider, settings: Any) -> None:
    settings.AI_PROVIDER = ""
    with pytest.raises(NoModel, match="set up"):
        complete(bob, ASK)
    with pytest.raises(NoModel, match=r"No wording of “write\.poem”"):
        settings.AI_PROVIDER = "openai"
        complete(bob, Ask("write.poem", {}))


def test_a_full_budget_refuses_before_the_call(alice: Actor, bob: Actor, ai_on: Provider, settings: Any) -> None:
    settings.AI_TOKENS = 1000
    with pytest.raises(OverBudget, match="1,000 tokens") as refused:
        complete(bob, ASK)
    assert refused.value.status == 402 and refused.value.members["type"] == "urn:flowboard:ai-budget"
    assert ai_on.asked == [] and month(bob).full_at and month(bob).reserved == 0
