"""The limits: a warning at 80 % once a month, and clear words at the end."""

from typing import Any

import pytest
from django.core import mail

from ai.actions.settings import put_away_warning
from ai.actions.warnings import send_warnings
from ai.budget import period
from ai.errors import OverBudget
from ai.models import AIBudget
from ai.service import Ask, complete
from workspaces import plans
from workspaces.actor import Actor
from workspaces.spine import acting
from workspaces.tests.people import Program, browser, log

from .provider import Provider

LOW, FULL = "80 % of", "AI budget is used up"


@pytest.fixture
def free(monkeypatch: pytest.MonkeyPatch, ai_on: Provider) -> Provider:
    """100,000 tokens a month."""
    monkeypatch.setitem(plans.PLANS, "enterprise", plans.PLANS["free"])
    return ai_on


def use(by: Actor, used: int) -> AIBudget:
    with acting(by):
        AIBudget.objects.within(by.workspace).delete()
        row = AIBudget(workspace=by.workspace, period=period(), used=used)
        row.save(force_insert=True)
    return row


def ask(by: Actor) -> None:
    complete(by, Ask("write.draft", {"wanted": "A text"}))


def home(by: Actor) -> str:
    return browser(by).get("/w/acme/").content.decode()


def test_who_manages_is_warned_once(alice: Actor, bob: Actor, free: Provider) -> None:
    use(alice, 79_999)
    assert LOW not in home(alice)
    use(alice, 80_000)
    assert LOW in home(alice)
    assert LOW not in home(bob)
    client = browser(alice)
    assert client.post("/w/acme/settings/ai/", {"part": "warning"}).status_code == 302
    assert LOW not in home(alice)
    put_away_warning(alice)
    assert log(alice, "ai:updated") == []


def test_owners_are_written_to_once(alice: Actor, bob: Actor, free: Provider) -> None:
    use(alice, 79_990)
    assert send_warnings(alice.workspace.pk) == 0
    ask(bob)
    assert [send_warnings(alice.workspace.pk) for _ in range(2)] == [1, 0]
    (sent,) = mail.outbox
    assert sent.to == ["alice@example.com"]
    assert "80 % of its AI budget" in sent.subject and "/w/acme/ai/" in sent.body


def test_no_mail_where_a_larger_plan_made_room(
    alice: Actor, bob: Actor, free: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(alice, 79_990)
    ask(bob)
    monkeypatch.setitem(plans.PLANS, "enterprise", plans.PLANS["pro"])
    assert send_warnings(alice.workspace.pk) == 0
    assert mail.outbox == []


def test_at_the_end_it_is_said_and_the_way_on_shown(alice: Actor, bob: Actor, free: Provider) -> None:
    use(alice, 100_000)
    with pytest.raises(OverBudget, match="AI budget"):
        ask(bob)
    assert FULL in home(alice) and "What you can do" in home(alice)
    assert FULL in home(bob) and "Your usage" in home(bob)
    page: Any = browser(alice).get("/w/acme/ai/").content.decode()
    assert "larger plan" in page and "key of your own" in page
    assert Program(alice).get("ai/settings/").json()["budgets"][0]["used"] == 100_000


def test_no_limit_no_warning(alice: Actor, ai_on: Provider) -> None:
    use(alice, 10**9)
    assert LOW not in home(alice) and FULL not in home(alice)
