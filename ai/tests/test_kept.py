"""What is kept: answers for who asks the same, texts where the workspace says so, and what dead processes left."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.utils import timezone

from accounts.models import User
from ai.actions.metering import forget_texts, reserve, sweep_reservations
from ai.actions.prompts import SHIPPED, sync_prompts
from ai.connections import from_environment
from ai.keys import unseal
from ai.models import (
    AIAnswer,
    AIBudget,
    AIChoice,
    AIReservation,
    AISettings,
    AIUsage,
    ModelPrice,
    Prompt,
    PromptVersion,
)
from ai.service import AIService, Answer, Ask, complete
from tasks.actions import create_project, update_task
from tasks.models import Project, Task
from workspaces import tenancy
from workspaces.actor import Actor
from workspaces.models import Stream
from workspaces.tests.people import add_member, make_person

from .provider import Provider
from .rows import held, month, switch_on, used


def head(by: Actor) -> int:
    with tenancy.workspace(by.workspace.pk, atomic=True):
        return int(Stream.objects.within(by.workspace).get().head)


def about(by: Actor, task: Task, **more: Any) -> Ask:
    """A question that read one task."""
    return Ask(
        "write.draft", {"title": "One"}, read_seq=head(by), projects=(task.project_id,), subjects=(task.pk,), **more
    )


def test_the_same_is_answered_from_before_and_costs_nothing(bob: Actor, cards: list[Task], ai_on: Provider) -> None:
    ask = about(bob, cards[0])
    first, second = complete(bob, ask), complete(bob, ask)
    assert len(ai_on.asked) == 1 and second.text == first.text
    assert first.receipt.cached_at is None and second.receipt.cached_at is not None and second.receipt.cost_micros == 0
    assert [row.outcome for row in used(bob)] == ["ok", "cached"] and month(bob).used == ai_on.spent
    complete(bob, ask, again=True)
    assert len(ai_on.asked) == 2


def test_a_kept_answer_streams_too(bob: Actor, cards: list[Task], ai_on: Provider) -> None:
    async def gathered() -> list[Any]:
        return [piece async for piece in AIService(bob).stream(ask)]

    ask = about(bob, cards[0])
    complete(bob, ask)
    text, answer = async_to_sync(gathered)()
    assert isinstance(answer, Answer) and answer.text == text and len(ai_on.asked) == 1


def test_a_change_of_what_was_read_ends_it_and_no_other_change_does(
    alice: Actor, bob: Actor, project: Project, cards: list[Task], ai_on: Provider
) -> None:
    ask = about(bob, cards[0])
    complete(bob, ask)
    create_project(alice, name="Other", key="OTHER")
    complete(bob, ask)
    assert len(ai_on.asked) == 1
    update_task(alice, cards[0], title="Changed")
    complete(bob, ask)
    assert len(ai_on.asked) == 2


def test_not_across_eyes_workspaces_wordings_models_or_a_day(
    alice: Actor, bob: Actor, eve: Actor, cards: list[Task], ai_on: Provider, settings: Any
) -> None:
    switch_on(eve)
    ask = about(bob, cards[0])
    carol = add_member(alice, make_person("Carol"), "member")
    with tenancy.workspace(alice.workspace.pk, atomic=True):
        AIChoice(workspace=alice.workspace, user=carol.user, on=True).save(force_insert=True)
    for by, asked in ((bob, 1), (carol, 1), (alice, 2), (eve, 3)):
        complete(by, ask if by is not eve else replace(ask, read_seq=head(eve)))
        assert len(ai_on.asked) == asked, by.user
    settings.AI_MODEL = "other"
    complete(bob, ask)
    sync = PromptVersion.objects.get(prompt__purpose="write.draft")
    PromptVersion.objects.filter(pk=sync.pk).update(state="archived")
    PromptVersion(prompt=sync.prompt, number=2, state="active", system="Other", template="Other").save()
    complete(bob, ask)
    with tenancy.workspace(bob.workspace.pk, atomic=True):
        AIAnswer.objects.within(bob.workspace).update(created_at=timezone.now() - timedelta(hours=25))
    complete(bob, ask)
    assert len(ai_on.asked) == 6
    forget_texts(bob.workspace.pk, keep_days=None)
    with tenancy.workspace(bob.workspace.pk, atomic=True):
        assert AIAnswer.objects.within(bob.workspace).count() == 1


def test_without_a_seq_nothing_is_kept(bob: Actor, ai_on: Provider) -> None:
    complete(bob, Ask("write.draft", {}))
    complete(bob, Ask("write.draft", {}))
    assert len(ai_on.asked) == 2


def test_texts_are_kept_sealed_where_the_workspace_says_so_and_end(
    alice: Actor, bob: Actor, provider: Provider
) -> None:
    switch_on(alice, bob, keep_texts=True)
    provider.says("The answer.")
    complete(bob, Ask("write.draft", {"wanted": "the question"}))
    (row,) = used(bob)
    assert "question" not in row.asked and "the question" in unseal(row.asked, "ai-texts")
    assert unseal(row.answered, "ai-texts") == "The answer."
    forget_texts(alice.workspace.pk, keep_days=30)
    assert used(bob)[0].asked
    with tenancy.workspace(alice.workspace.pk, atomic=True):
        AIUsage.objects.within(alice.workspace).update(created_at=timezone.now() - timedelta(days=31))
    forget_texts(alice.workspace.pk, keep_days=30)
    assert (used(bob)[0].asked, used(bob)[0].answered) == ("", "")


def test_what_a_dead_process_held_is_charged_in_full_once(bob: Actor, ai_on: Provider) -> None:
    version = PromptVersion.objects.get(prompt__purpose="write.draft")
    with tenancy.workspace(bob.workspace.pk, atomic=True):
        reserve(bob, Ask("write.draft", {}), version, from_environment()[0], tokens=500, kind="plan", limit=1000)
    assert sweep_reservations(bob.workspace.pk) == 0 and month(bob).reserved == 500
    with tenancy.workspace(bob.workspace.pk, atomic=True):
        AIReservation.objects.within(bob.workspace).update(expires_at=timezone.now())
    assert sweep_reservations(bob.workspace.pk) == 1 and sweep_reservations(bob.workspace.pk) == 0
    assert (month(bob).used, month(bob).reserved, held(bob)) == (500, 0, [])
    (row,) = used(bob)
    assert (row.outcome, row.input_tokens, row.user_id) == ("lost", 500, bob.user.pk)


def test_eighty_percent_is_noted_once(bob: Actor, ai_on: Provider, settings: Any) -> None:
    settings.AI_TOKENS = 100_000
    ai_on.usage = (79_000, 0)
    complete(bob, Ask("write.draft", {}))
    assert month(bob).warned_at is None
    ai_on.usage = (1_000, 0)
    complete(bob, Ask("write.draft", {}))
    noted = month(bob).warned_at
    complete(bob, Ask("write.draft", {}))
    assert noted and month(bob).warned_at == noted


def test_it_says_what_it_cost_where_a_price_is_known(bob: Actor, ai_on: Provider) -> None:
    ai_on.usage = (1_000, 500)
    assert complete(bob, Ask("write.draft", {})).receipt.cost_micros is None
    ModelPrice(provider="openai", model="demo", input=2_000_000, output=8_000_001, cached=500_000).save()
    answer = complete(bob, Ask("write.draft", {}))
    assert answer.receipt.cost_micros == used(bob)[1].cost_micros == 2_000 + 4_001


def test_a_months_budget_is_the_months_own(bob: Actor, ai_on: Provider, settings: Any) -> None:
    complete(bob, Ask("write.draft", {}))
    with tenancy.workspace(bob.workspace.pk, atomic=True):
        AIBudget.objects.within(bob.workspace).update(period="2020-01-01")
    settings.AI_TOKENS = 10_000
    complete(bob, Ask("write.draft", {}))
    with tenancy.workspace(bob.workspace.pk, atomic=True):
        assert AIBudget.objects.within(bob.workspace).count() == 2


@pytest.mark.django_db
def test_the_code_ships_a_wording_of_each_purpose_and_leaves_the_operators_alone(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert set(Prompt.objects.values_list("purpose", flat=True)) == {path.stem for path in SHIPPED.glob("*.toml")}
    count = PromptVersion.objects.count()
    sync_prompts()
    assert PromptVersion.objects.count() == count, "the same again is nothing new"
    monkeypatch.setattr("ai.actions.prompts.SHIPPED", tmp_path)
    (tmp_path / "write.draft.toml").write_text('description = "x"\nsystem = "Newer"\ntemplate = "y"\n')
    sync_prompts()
    rows = PromptVersion.objects.filter(prompt__purpose="write.draft").order_by("number")
    assert [(row.number, row.state) for row in rows] == [(1, "archived"), (2, "active")]
    staff = User.objects.create_superuser("root@example.com", "x", name="Root")
    rows.filter(number=2).update(created_by=staff)
    (tmp_path / "write.draft.toml").write_text('description = "x"\nsystem = "Newest"\ntemplate = "y"\n')
    sync_prompts()
    assert [(row.number, row.state) for row in rows.all()] == [(1, "archived"), (2, "active"), (3, "draft")]


def test_settings_row_is_asked_each_time(alice: Actor, bob: Actor, ai_on: Provider) -> None:
    complete(bob, Ask("write.draft", {}))
    with tenancy.workspace(alice.workspace.pk, atomic=True):
        AISettings.objects.within(alice.workspace).update(enabled=False)
    with pytest.raises(Exception, match="off in this workspace"):
        complete(bob, Ask("write.draft", {}))
