"""Background runs: in turn, once, told step by step, stopped when asked, taken up again when a worker dies."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from ai import jobs, runs
from ai.actions.runs import SILENT, cancel_run, repeat_run, start_run
from ai.models import AIRun
from tasks.actions import create_project
from tasks.models import Project
from workspaces import tenancy
from workspaces.actions import remove_member
from workspaces.actor import Actor
from workspaces.errors import Forbidden, Refused
from workspaces.models import Membership
from workspaces.tests.people import Program, browser, log

State = AIRun.State
STEPS: list[str] = []


class Killed(BaseException):
    """What a worker feels of kill -9: nothing after it is run."""


def work(run: runs.Running) -> None:
    """Makes a project of the name that it is given; dies, waits or fails where it is told to."""
    run.tell(10, "Reading")
    STEPS.append("read")
    how = run.inputs.get("how")
    if how == "cancel":
        with tenancy.workspace(run.by.workspace.pk, atomic=True):
            row = AIRun.objects.within(run.by.workspace).get(pk=run.id)
        cancel_run(run.by, row)
    if how == "fail":
        raise ZeroDivisionError
    if how == "refuse":
        raise Refused("Give it more to read.")
    with run.finishing() as done:
        project = create_project(run.by, name=run.inputs["name"], key=run.inputs["name"][:4].upper())
        if how == "die" and len(STEPS) == 1:
            raise Killed
        done.result = {"summary": f"Made {project.name}.", "page": "/w/acme/"}


@pytest.fixture(autouse=True)
def kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    STEPS.clear()
    monkeypatch.setitem(runs.KINDS, "test", runs.Kind("Testing", f"{__name__}.work"))


def begun(by: Actor, **inputs: Any) -> AIRun:
    return start_run(by, kind="test", inputs={"name": "Made", **inputs})


def now(run: AIRun) -> AIRun:
    with tenancy.workspace(run.workspace_id, atomic=True):
        return AIRun.objects.within(run.workspace_id).get(pk=run.pk)


def set_on(run: AIRun, **fields: Any) -> None:
    with tenancy.workspace(run.workspace_id, atomic=True):
        AIRun.objects.within(run.workspace_id).filter(pk=run.pk).update(**fields)


def made(by: Actor) -> int:
    with tenancy.workspace(by.workspace.pk, atomic=True):
        return int(Project.objects.within(by.workspace).filter(name="Made").count())


def perform(run: AIRun) -> bool:
    return runs.perform(run.workspace_id, run.pk)


def test_it_is_done_once_by_the_ai_on_behalf_of_whoever_started_it(bob: Actor) -> None:
    run = begun(bob)
    assert perform(run) and not perform(run)
    done = now(run)
    assert (done.state, done.progress, done.result["summary"]) == (State.DONE, 100, "Made Made.") and made(bob) == 1
    row = log(bob, "project:created")[0]
    assert (row.via, row.on_behalf_of_id) == ("ai", bob.user.pk)


def test_a_worker_that_dies_is_followed_by_another_and_the_effect_is_there_once(bob: Actor) -> None:
    run = begun(bob, how="die")
    with pytest.raises(Killed):
        perform(run)
    assert now(run).state == State.RUNNING and made(bob) == 0
    assert not perform(run), "its worker was heard of a moment ago"
    set_on(run, seen_at=timezone.now() - SILENT - timedelta(seconds=1))
    with tenancy.workspace(bob.workspace.pk, atomic=True):
        assert runs.left_behind(bob.workspace.pk, timezone.now()) == [run.pk]
    assert perform(run) and now(run).state == State.DONE and made(bob) == 1


def test_what_kills_its_workers_is_given_up(bob: Actor) -> None:
    run = begun(bob)
    set_on(run, tries=3)
    assert perform(run)
    assert now(run).state == State.FAILED and "never finished" in now(run).error and STEPS == []


@pytest.mark.parametrize(("how", "says"), [("fail", runs.OUR_FAULT), ("refuse", "Give it more to read.")])
def test_it_says_why_nothing_came_of_it(bob: Actor, how: str, says: str) -> None:
    run = begun(bob, how=how)
    assert perform(run)
    assert (now(run).state, now(run).error, made(bob)) == (State.FAILED, says, 0)


def test_cancelled_on_its_way_it_changes_nothing(bob: Actor) -> None:
    run = begun(bob, how="cancel")
    assert perform(run)
    assert now(run).state == State.CANCELLED and made(bob) == 0 and STEPS == ["read"]
    assert cancel_run(bob, now(run)).state == State.CANCELLED


def test_one_at_a_time_of_a_workspace_and_others_do_not_wait(bob: Actor, eve: Actor) -> None:
    first, second = begun(bob), begun(bob)
    set_on(first, state=State.RUNNING, seen_at=timezone.now())
    assert not perform(second) and perform(begun(eve))
    assert now(second).state == State.QUEUED
    set_on(first, state=State.DONE)
    assert runs.next_run(bob.workspace.pk) == second.pk and perform(second)


def test_the_next_in_line_follows_by_itself(bob: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = begun(bob), begun(bob, name="Other")
    sent: list[UUID] = []
    monkeypatch.setattr(jobs.perform_run, "delay", lambda _, pk: sent.append(UUID(pk)))
    jobs.perform_run(str(bob.workspace.pk), str(first.pk))
    assert sent == [second.pk]


def test_not_for_guests_and_not_without_end(bob: Actor, gus: Actor) -> None:
    with pytest.raises(Forbidden):
        begun(gus)
    with pytest.raises(Refused, match="The kind is one of"):
        start_run(bob, kind="nonsense", inputs={})
    for _ in range(5):
        begun(bob)
    with pytest.raises(Refused, match="still waiting"):
        begun(bob)


def test_who_leaves_leaves_no_runs(alice: Actor, bob: Actor) -> None:
    run = begun(bob)
    with tenancy.workspace(alice.workspace.pk, atomic=True):
        member = Membership.objects.within(alice.workspace).get(user=bob.user)
    remove_member(alice, member)
    assert now(run).state == State.CANCELLED


def test_rest_tells_and_stops(bob: Actor) -> None:
    run, program = begun(bob), Program(bob)
    told = program.get(f"ai/runs/{run.pk}/").json()
    assert (told["state"], told["progress"], told["result"], told["change"]) == ("queued", 0, None, None)
    assert program.delete(f"ai/runs/{run.pk}/").status_code == 204
    assert program.get(f"ai/runs/{run.pk}/").json()["state"] == "cancelled"


def test_the_page_shows_it_in_every_state(bob: Actor) -> None:
    run, client = begun(bob), browser(bob)
    url = f"/w/acme/ai/runs/{run.pk}/"
    whole = client.get(url).content.decode()
    assert "Waiting for a free worker" in whole and "<progress" in whole and "Testing" in whole
    part = client.get(url, headers={"hx-request": "true", "hx-target": "ai-run"}).content.decode()
    assert part.strip().startswith("<section") and 'hx-trigger="every 1s"' in part
    perform(run)
    ready = client.get(url).content.decode()
    assert "Made Made." in ready and "every 1s" not in ready and 'href="/w/acme/"' in ready
    other = begun(bob)
    stopped = client.delete(f"/w/acme/ai/runs/{other.pk}/").content.decode()
    assert "cancelled" in stopped and "Nothing was changed" in stopped


def test_ones_own_is_done_anew(alice: Actor, bob: Actor) -> None:
    run, client = begun(bob, how="refuse"), browser(bob)
    perform(run)
    assert "Try again" in client.get(f"/w/acme/ai/runs/{run.pk}/").content.decode()
    answer = client.post(f"/w/acme/ai/runs/{run.pk}/")
    again = now(AIRun(pk=UUID(answer["Location"].rstrip("/").rpartition("/")[2]), workspace=bob.workspace))
    assert (again.state, again.kind, again.inputs) == (State.QUEUED, "test", run.inputs | {"again": True})
    assert Program(bob).post(f"ai/runs/{run.pk}/", {}).json()["state"] == "queued"
    assert browser(alice).post(f"/w/acme/ai/runs/{run.pk}/").status_code == 404
    with pytest.raises(Forbidden):
        repeat_run(alice, run)
