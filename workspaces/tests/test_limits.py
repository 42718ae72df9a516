"""How many requests the API takes, and what holds while Redis is away."""

import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection

from tasks.models import Task
from workspaces import limiting, plans
from workspaces.actions import create_token
from workspaces.actor import Actor
from workspaces.limiting import Count, hit
from workspaces.rest import throttle
from workspaces.spine import acting

from .people import Program, browser, make_person, make_workspace

HEADERS = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody was refused before; a busy machine is no outage."""
    monkeypatch.setattr(limiting, "PATIENCE", 5)
    limiting._script_of.cache_clear()
    monkeypatch.setattr(throttle, "_turned_away", {})
    monkeypatch.setattr(limiting.breaker, "out", False)


def on_free(by: Actor, monkeypatch: pytest.MonkeyPatch, **limits: int) -> None:
    """The actor's workspace, on a plan with these numbers."""
    monkeypatch.setitem(plans.PLANS, "free", replace(plans.PLANS["free"], **limits))
    by.workspace.plan = "free"
    with acting(by):
        by.workspace.save(update_fields=["plan"])


@pytest.fixture
def away(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing listens where Redis should be."""
    settings.REDIS_URL = "redis://127.0.0.1:1"


def told(answer: Any) -> list[int]:
    return [int(answer[name]) for name in HEADERS]


def test_every_answer_says_where_one_stands(
    alice: Actor, eve: Actor, project: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_free(alice, monkeypatch, per_token=50, per_person=100, per_workspace=1000)
    program = Program(alice)
    assert told(program.get("projects/"))[:2] == [50, 49]
    for number, answer in enumerate([
        program.get("nowhere/"), program.post("projects/", {}), program.patch("projects/FLOW/", {"name": "Flow"}),
        program.get("events"), program.delete("tokens/01890000-0000-7000-8000-000000000000/"),
    ]):  # fmt: skip
        assert told(answer)[:2] == [50, 48 - number], answer.status_code
    assert told(browser(alice).get("/api/v1/workspaces/acme/projects/"))[:2] == [100, 93]
    assert told(browser(eve).get("/api/v1/workspaces/acme/"))[0] == 120_000
    program.client.defaults.clear()
    assert told(program.client.get("/api/v1/workspaces/acme/"))[0] == throttle.STRANGERS
    assert "RateLimit-Limit" not in browser(alice).get("/w/acme/").headers


def test_more_than_the_plan_has_is_refused_and_done_nothing(
    alice: Actor, bob: Actor, cards: list[Task], monkeypatch: pytest.MonkeyPatch
) -> None:
    on_free(alice, monkeypatch, per_token=3, per_person=5, per_workspace=7)
    program = Program(alice)
    for _ in range(3):
        assert program.get("tasks/FLOW-1/").status_code == 200
    refused = program.patch("tasks/FLOW-1/", {"title": "Uno"}, Idempotency_Key="a")
    assert (refused.status_code, refused["Content-Type"]) == (429, "application/problem+json")
    assert 1 <= int(refused["Retry-After"]) <= 60
    assert told(refused)[:2] == [3, 0]
    assert "3 requests a minute that one token may make" in refused.json()["detail"]
    assert program.get("tasks/FLOW-1/").status_code == 429
    second = Program(alice)  # another token of the same person
    assert [second.get("").status_code for _ in range(3)] == [200, 200, 429]
    assert "one person" in second.get("").json()["detail"]
    assert [Program(bob).get("").status_code for _ in range(3)] == [200, 200, 429]  # each has a fresh token


def test_a_neighbour_is_not_touched(alice: Actor, eve: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    on_free(alice, monkeypatch, per_token=1, per_person=1, per_workspace=1)
    assert [Program(alice).get("").status_code for _ in range(3)] == [200, 429, 429]
    assert told(Program(eve).get(""))[1] == 119_999


def test_whoever_does_not_wait_is_refused_without_a_query(
    alice: Actor, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    on_free(alice, monkeypatch, per_token=1)
    program = Program(alice)
    assert [program.get("").status_code for _ in range(2)] == [200, 429]
    with django_assert_num_queries(0):
        again = program.get("")
    assert (again.status_code, told(again)[:2]) == (429, [1, 0])


def test_strangers_are_counted_by_address(alice: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttle, "STRANGERS", 2)
    program = Program(alice)
    program.client.defaults["REMOTE_ADDR"] = "203.0.113.7"
    program.client.defaults["HTTP_AUTHORIZATION"] = "Token fb_nonsense"
    assert [program.client.get("/api/v1/workspaces/").status_code for _ in range(3)] == [401, 401, 429]
    assert Program(alice).get("").status_code == 200


def test_the_narrowest_count_that_is_full_takes_nothing_from_the_others() -> None:
    one, all_ = Count("t:one", 2, ""), Count("t:all", 10, "")
    for _ in range(5):
        hit([one, all_], reads=True)
    assert hit([all_], reads=True).left == 10 - 3


def test_at_the_same_moment_exactly_as_many_as_fit() -> None:
    count = Count("t:race", 10, "")
    with ThreadPoolExecutor(16) as threads:
        found = list(threads.map(lambda _: hit([count], reads=True).wait, range(200)))
    assert sum(wait == 0 for wait in found) == 10


def test_the_window_slides(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was asked in the window before counts in part: here half of it."""
    client = limiting._script().registered_client
    client.set("api:{t:slide}", 0, px=90_000)
    client.set("api:{t:slide}/-1", 8, px=33_000)  # and three seconds in which the machine may be busy
    standing = hit([Count("t:slide", 10, "")], reads=True)
    assert (standing.left, standing.ends) == (10 - 4 - 1, 30)
    client.set("api:{t:slide}", 7, px=90_000)
    client.set("api:{t:slide}/-1", 8, px=30_000)
    full = hit([Count("t:slide", 10, "")], reads=True)
    assert (full.left, full.wait) == (0, 8)  # 30 s − 60 s × 3 / 8


def test_redis_away_reads_pass_and_writes_are_counted_alone(
    away: None, alice: Actor, cards: list[Task], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    on_free(alice, monkeypatch, per_token=2)
    program = Program(alice)
    caplog.set_level(logging.WARNING, logger="workspaces.limiting")
    assert {program.get("").status_code for _ in range(5)} == {200}
    writes = [program.patch("tasks/FLOW-1/", {"title": f"T{number}"}).status_code for number in range(4)]
    assert writes == [200, 200, 429, 429]
    assert {Program(alice).get("").status_code for _ in range(3)} == {200}
    assert [line.getMessage() for line in caplog.records if "Redis is away" in line.getMessage()].__len__() == 1


def test_a_plan_names_its_numbers() -> None:
    for plan in plans.PLANS.values():
        assert plan.per_token <= plan.per_person <= plan.per_workspace


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_parallel_requests_of_one_token(monkeypatch: pytest.MonkeyPatch) -> None:
    alice = make_workspace(make_person("Alice"), "Acme", "acme")
    on_free(alice, monkeypatch, per_token=10)
    secret = create_token(alice, name="test")[1]

    def ask(_: int) -> int:
        from django.test import Client

        try:
            return Client(headers={"authorization": f"Token {secret}"}).get("/api/v1/workspaces/acme/").status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(ask, range(40)))
    assert sorted(answers) == [200] * 10 + [429] * 30
