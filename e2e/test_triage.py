"""Suggestions for a new task: a quiet line that opens, taken one by one or together, dropped, undone, and a model asked for more."""

import json

import pytest
from playwright.sync_api import expect

from ai.tests.provider import Provider
from ai.tests.rows import switch_on
from ai.tests.workers import work_newest
from tasks.actions import create_label, create_task
from tasks.models import Project
from workspaces.actor import Actor

from .boards import settled
from .conftest import Enter

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def test_suggestions_are_taken_dropped_and_undone(
    enter: Enter, alice: Actor, bob: Actor, project: Project, provider: Provider
) -> None:
    switch_on(alice)
    bug = create_label(alice, project, name="Bug")
    create_label(alice, project, name="Checkout")
    for where in ("submit", "reset", "load"):
        create_task(
            alice, project, title=f"Login page crashes on {where}", labels=[bug], assignees=[bob.user], priority=3
        )
    create_task(alice, project, title="Login page freezes on submit")
    provider.says(
        json.dumps({"suggestions": [{"field": "label", "value": "Checkout", "because": "It is on the way there."}]})
    )
    page = settled(enter(alice, "/w/acme/t/FLOW-4/"))
    triage = page.locator("#triage")
    expect(triage.locator("summary").first).to_contain_text("AI suggests Bug, Bob, High, a duplicate of FLOW-1")
    triage.locator("summary").first.focus()
    page.keyboard.press("Enter")
    expect(triage.locator(".triage-rows li").first).to_contain_text("because 3 of the 3 most similar tasks carry it")

    triage.get_by_role("button", name="Take Bug").click()
    expect(page.locator(".fact-labels")).to_contain_text("Bug")
    expect(triage.locator(".triage-rows li")).to_have_count(3)
    page.get_by_role("region", name="Notices").get_by_role("button", name="Undo").click()
    expect(page.locator(".fact-labels")).not_to_contain_text("Bug")
    expect(triage.locator(".triage-rows li")).to_have_count(3)

    triage.get_by_role("button", name="Do not suggest FLOW-1").click()
    expect(triage.locator(".triage-rows li")).to_have_count(2)
    triage.get_by_role("button", name="Take all 2").click()
    expect(page.locator("#fact-assignees")).to_contain_text("Bob")
    expect(triage.locator(".triage-rows")).to_have_count(0)

    triage.get_by_role("button", name="Ask AI what this needs").click()
    expect(triage.get_by_role("status")).to_contain_text("Waiting for a free worker")
    work_newest(alice)
    expect(triage.locator("summary").first).to_contain_text("AI suggests Checkout")
    expect(triage.locator(".triage-rows")).to_contain_text("by the model")
    expect(triage.get_by_role("button", name="Take Checkout")).to_be_visible()
    expect(triage.locator(".receipt-line summary")).to_contain_text("demo · ")

    provider.breaks("500", "500", "500")
    triage.get_by_role("button", name="Ask the model again").click()
    expect(triage.get_by_role("status")).to_be_visible()
    work_newest(alice)
    expect(triage.get_by_role("alert")).to_contain_text("cannot be reached")
