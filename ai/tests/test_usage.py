"""What AI used: exact figures, one's own or everybody's, the forecast, receipts, and the file."""

import csv
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest

from ai.keys import seal
from ai.models import AIUsage
from ai.reading.forecast import foresee
from ai.reading.months import Month
from ai.service import Ask, complete
from tasks.actions import create_project
from workspaces import plans
from workspaces.actor import Actor
from workspaces.spine import acting
from workspaces.tests.people import Program, browser

from .provider import Provider
from .rows import switch_on

URL = "/w/acme/ai/"


def call(by: Actor, **facts: Any) -> AIUsage:
    """A call that was made."""
    facts = {
        "purpose": "write.draft",
        "provider": "openai",
        "model": "gpt",
        "outcome": "ok",
        "input_tokens": 100,
        "output_tokens": 20,
        "cost_micros": 50,
    } | facts
    row = AIUsage(workspace=by.workspace, user=by.user, **facts)
    with acting(by):
        row.save(force_insert=True)
    return row


@pytest.fixture
def calls(alice: Actor, bob: Actor) -> None:
    """Two of Alice's and one of Bob's in this month, one of the month before."""
    switch_on(alice, bob)
    call(alice, sent=["title and description of FLOW-42"])
    call(alice, purpose="triage", model="claude", cost_micros=None)
    call(bob, input_tokens=1000)
    call(bob, created_at=Month.now().previous.starts)


def summary(by: Actor, query: str = "") -> Any:
    return Program(by).get(f"ai/usage/summary/{query}").json()


def test_figures_are_everybodys_to_owners_and_ones_own_to_members(alice: Actor, bob: Actor, calls: None) -> None:
    whole, own = summary(alice), summary(bob)
    assert (whole["calls"], whole["input_tokens"], whole["output_tokens"], whole["cost_micros"]) == (3, 1200, 60, 100)
    assert (own["calls"], own["input_tokens"], own["cost_micros"]) == (1, 1000, 50)
    assert [(one["name"], one["calls"]) for one in whole["people"]] == [("Bob", 1), ("Alice", 2)]
    assert [one["name"] for one in own["people"]] == ["Bob"]
    assert {one["key"]: one["input_tokens"] for one in whole["purposes"]} == {"write.draft": 1100, "triage": 100}
    assert {one["key"]: one["calls"] for one in whole["models"]} == {"gpt": 2, "claude": 1}
    assert sum(one["calls"] for one in whole["days"]) == 3
    assert summary(alice, f"?month={Month.now().previous}")["calls"] == 1
    assert summary(alice, f"?person={bob.user.pk}&purpose=write.draft&model=gpt")["calls"] == 1
    assert summary(bob, f"?person={alice.user.pk}")["calls"] == 0


@pytest.mark.parametrize(
    "wrong", ["month=2026", "month=2026-13", "person=bob", "day=2020-01-01", "day=soon", "purpose=a%C2%85b", "cursor=x"]
)
def test_what_cannot_be_is_named(alice: Actor, calls: None, wrong: str) -> None:
    name = wrong.partition("=")[0]
    answer = Program(alice).get(f"ai/usage/?{wrong}")
    assert answer.status_code in (400, 422) and name in answer.json()["errors"]
    assert browser(alice).get(f"{URL}?{wrong}").status_code in (400, 422)


def test_rows_come_page_by_page(alice: Actor, bob: Actor, calls: None) -> None:
    program = Program(alice)
    first = program.get("ai/usage/?limit=2").json()
    rest = program.get(first["next"].partition("/acme/")[2]).json()
    assert [one["person"]["name"] for one in first["results"] + rest["results"]] == ["Bob", "Alice", "Alice"]
    assert rest["results"][0]["sent"] == ["title and description of FLOW-42"]
    assert rest["next"] is None
    assert [one["person"]["name"] for one in Program(bob).get("ai/usage/").json()["results"]] == ["Bob"]


def test_the_page(alice: Actor, bob: Actor, gus: Actor, calls: None) -> None:
    page = browser(alice).get(URL).content.decode()
    for words in (
        "1,260",
        "By person",
        "Bob",
        "Write: draft",
        "claude",
        "title and description of FLOW-42",
        "no price is known for 1",
    ):
        assert words in page, words
    own = browser(bob).get(URL).content.decode()
    assert "By person" not in own and "Alice" not in own and "1,020" in own
    assert browser(gus).get(URL).status_code == 404
    narrowed = browser(alice).get(f"{URL}?model=claude").content.decode()
    assert "FLOW-42" not in narrowed and "Remove the filter claude" in narrowed
    assert "Nothing was asked in" in browser(alice).get(f"{URL}?month=2020-02").content.decode()


def test_reading_costs_the_same_with_many_calls(alice: Actor, calls: None, django_assert_max_num_queries: Any) -> None:
    project = create_project(alice, name="Flow", key="FLOW")
    for number in range(12):
        call(alice, purpose=f"purpose{number}", model=f"model{number}", projects=[project.pk])
    client = browser(alice)
    client.get(URL)
    with django_assert_max_num_queries(22):
        client.get(URL)


def test_the_file(alice: Actor, calls: None) -> None:
    call(alice, model="=cmd()")
    answer = browser(alice).get(f"{URL}export/")
    assert answer["Content-Disposition"] == f'attachment; filename="acme-ai-{Month.now()}.csv"'
    rows = list(csv.DictReader(StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert [row["who"] for row in rows] == ["Alice", "Bob", "Alice", "Alice"]
    assert rows[0]["model"] == "'=cmd()"
    assert (rows[1]["input_tokens"], rows[1]["cost_usd"], rows[2]["cost_usd"]) == ("1000", "0.000050", "")
    lines = b"".join(Program(alice).get("ai/usage/export/?model=claude").streaming_content).decode().splitlines()
    assert len(lines) == 2


def test_numbers_are_exact_and_live_after_a_call(
    alice: Actor, ai_on: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(plans.PLANS, "enterprise", plans.PLANS["free"])
    answer = complete(alice, Ask("write.draft", {"wanted": "A text"}, sent=("a wish",)))
    took = answer.receipt.input_tokens + answer.receipt.output_tokens
    told = summary(alice)
    (budget,) = told["budgets"]
    assert (budget["used"], budget["reserved"], budget["limit"]) == (took, 0, 100_000)
    assert told["input_tokens"] + told["output_tokens"] == took > 0
    assert f"{took:,} of 100,000" in browser(alice).get(URL).content.decode()


NOW = datetime(2026, 12, 11, tzinfo=UTC)
ENDS = datetime(2027, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("used", "limit", "recent", "first", "day"),
    [
        (5000, 10_000, 3500, NOW - timedelta(days=30), NOW + timedelta(days=10)),  # 500 a day
        (5000, 10_000, 1000, NOW - timedelta(days=2), NOW + timedelta(days=10)),  # begun two days ago
        (5000, 100_000, 3500, NOW - timedelta(days=30), None),  # not this month
        (10_000, 10_000, 3500, NOW - timedelta(days=30), None),  # reached already
        (5000, None, 3500, NOW - timedelta(days=30), None),
    ],
)
def test_the_forecast(used: int, limit: int | None, recent: int, first: datetime, day: datetime | None) -> None:
    found = foresee(used, limit, recent, first, NOW, ENDS)
    assert found and found.day == day


def test_no_forecast_without_something_to_go_by() -> None:
    assert foresee(5, 10, 5, NOW - timedelta(hours=23), NOW, ENDS) is None
    assert foresee(5, 10, 0, NOW - timedelta(days=9), NOW, ENDS) is None
    assert foresee(5, 10, 5, NOW - timedelta(days=9), ENDS, ENDS) is None


def test_kept_texts_are_for_who_sees_what_went_into_them(alice: Actor, bob: Actor, calls: None) -> None:
    def texts(by: Actor, row: AIUsage) -> str:
        return browser(by).get(f"{URL}{row.pk}/").content.decode()

    kept = {"asked": seal("the question", "ai-texts"), "answered": seal("the answer", "ai-texts")}
    open_one, hidden = (
        create_project(bob, name=name, key=name[:4].upper(), private=name == "Hush") for name in ("Flow", "Hush")
    )
    seen = call(bob, projects=[open_one.pk], **kept)
    secret = call(bob, projects=[hidden.pk], sent=["title of HUSH-1"], **kept)
    unknown = call(bob, **kept)
    assert "the answer" in texts(alice, seen) and "the question" in texts(alice, seen)
    for row in (secret, unknown):
        assert "the answer" not in texts(alice, row)
        assert "the answer" in texts(bob, row)
    page = browser(alice).get(URL).content.decode()
    assert "HUSH-1" not in page and "data of a private project" in page
    assert "HUSH-1" not in Program(alice).get("ai/usage/").content.decode()
    assert browser(bob).get(f"{URL}{call(alice, **kept).pk}/").status_code == 404


def test_a_private_projects_name_is_not_told_by_a_file(alice: Actor, bob: Actor, calls: None) -> None:
    hidden = create_project(bob, name="Hush", key="HUSH", private=True)
    call(bob, projects=[hidden.pk], sent=["title of HUSH-1"])
    assert b"HUSH-1" not in b"".join(browser(alice).get(f"{URL}export/").streaming_content)
    assert b"HUSH-1" in b"".join(browser(bob).get(f"{URL}export/").streaming_content)
