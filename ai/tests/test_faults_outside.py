"""A provider that fails, in whatever way, is the AI's trouble alone: its doors say so in plain words, and every other page goes on."""

from typing import Any

import pytest

from ai import breaker, calling
from ai.errors import BadAnswer, ModelDown
from ai.models import PromptVersion
from ai.service import Ask, complete
from tasks.models import Project, Task
from workspaces.actor import Actor
from workspaces.tests.people import Program, browser

from .provider import Provider
from .rows import held, month, used

API = "ai/complete/"
FAULTS = ("401", "429", "500", "hang", "cut", "garbage", "endless", "nothing", "drip")
ELSEWHERE = (
    "",
    "p/FLOW/board/",
    "p/FLOW/list/",
    "p/FLOW/insights/",
    "t/FLOW-1/",
    "inbox/",
    "activity/",
    "members/",
    "settings/",
    "ai/",
)
CLEAR = ("cannot be reached at the moment: the server's model ", "Everything else works; try again later.")


@pytest.fixture
def broken(ai_on: Provider, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Provider:
    """Time runs out in a second instead of in a minute."""
    settings.AI_TIMEOUT, settings.AI_DEADLINE = 0.3, 1
    monkeypatch.setattr(calling, "PAUSE", 0.01)
    return ai_on


def break_in(provider: Provider, settings: Any, how: str) -> None:
    """`drip`: a word now and then, never silent for long, and without an end."""
    breaker.forget()
    settings.AI_MODEL = "demo" if how == "drip" else f"fault-{how}"
    provider.pause = 0.05 if how == "drip" else 0.0
    provider.says("drop " * 10_000)


def test_an_answer_that_is_coming_may_take_longer_than_the_first_word(
    bob: Actor, project: Project, broken: Provider
) -> None:
    broken.pause = 0.05
    broken.says("word " * 60)
    answer = Program(bob).post(API, {"purpose": "write.draft", "wanted": "x"})
    assert answer.status_code == 200 and answer.json()["text"].count("word") == 60
    assert used(bob)[0].latency_ms > 1000


@pytest.mark.parametrize("how", FAULTS)
def test_a_clear_word_at_the_door_an_exact_budget_and_no_fault_elsewhere(
    bob: Actor, project: Project, cards: list[Task], broken: Provider, settings: Any, how: str
) -> None:
    break_in(broken, settings, how)
    answer = Program(bob).post(API, {"purpose": "write.draft", "wanted": "x"})
    problem = answer.json()
    assert (answer.status_code, answer["Content-Type"]) == (503, "application/problem+json")
    assert all(words in problem["detail"] for words in CLEAR), problem["detail"]
    (row,) = used(bob)
    assert row.outcome == "failed" and row.fault and held(bob) == []
    assert (month(bob).used, month(bob).reserved) == (row.input_tokens + row.output_tokens, 0)
    client = browser(bob)
    for path in ELSEWHERE:
        assert client.get(f"/w/acme/{path}").status_code == 200, path


@pytest.mark.parametrize("bad", ["no JSON", '{"days": "many"}', "x" * 1_000_000])
def test_an_answer_out_of_form_is_asked_for_twice_and_no_more(bob: Actor, broken: Provider, bad: str) -> None:
    schema = {"type": "object", "properties": {"days": {"type": "integer"}}, "required": ["days"]}
    PromptVersion.objects.filter(prompt__purpose="write.draft").update(schema=schema)
    broken.says(bad)
    with pytest.raises((BadAnswer, ModelDown)):
        complete(bob, Ask("write.draft", {}))
    assert len(broken.asked) <= 2 and held(bob) == [] and month(bob).reserved == 0


def test_one_question_asks_each_model_three_times_at_most(bob: Actor, broken: Provider, settings: Any) -> None:
    settings.AI_MODEL = "fault-500"
    settings.AI_FALLBACK_PROVIDER, settings.AI_FALLBACK_MODEL = "openai_chat", "fault-429"
    settings.AI_FALLBACK_BASE_URL, settings.AI_FALLBACK_API_KEY = broken.url, "key"
    with pytest.raises(ModelDown, match="the server's second model is asked too much at the moment"):
        complete(bob, Ask("write.draft", {}))
    assert [one.model for one in broken.asked] == ["fault-500"] * 3 + ["fault-429"] * 3
