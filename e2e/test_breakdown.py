"""The AI breaks work down: asked for on a task's page and from a pasted text, followed, looked at, applied and taken back."""

import json
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from ai.tests.provider import Provider
from ai.tests.rows import switch_on
from ai.tests.workers import work
from tasks.actions import update_task
from tasks.models import Task
from workspaces.actor import Actor

from .boards import BOARD, ready, settled
from .conftest import Enter

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
PARTS = [
    {"title": "Write the copy", "estimate": 2, "because": "“copy” stands in the description."},
    {"title": "Draw it", "description": "For phone and desk.", "waits_for": [1], "because": "The page is to have pictures."},
]  # fmt: skip


def work_at(page: Page, by: Actor) -> None:
    """A worker takes up the run whose page is open."""
    work(by.workspace.pk, UUID(page.url.rstrip("/").rpartition("/")[2]))


def test_a_task_is_broken_down_and_put_together_again(
    enter: Enter, alice: Actor, cards: list[Task], provider: Provider
) -> None:
    switch_on(alice)
    update_task(alice, cards[0], description="Copy, and a drawing.")
    provider.says(json.dumps({"tasks": PARTS}))
    page = settled(enter(alice, "/w/acme/t/FLOW-1/"))
    page.get_by_role("button", name="Break down with AI").click()
    expect(page.get_by_text("Waiting for a free worker")).to_be_visible()
    work_at(page, alice)
    expect(page.get_by_role("heading", name="Break down FLOW-1 One", exact=True)).to_be_visible()
    expect(page.locator(".receipt-line summary")).to_contain_text("demo · ")
    page.locator(".receipt-line summary").click()
    expect(page.locator(".receipt-line")).to_contain_text("Sent: title and description of FLOW-1.")
    page.get_by_role("button", name="Apply 3 of 3").click()
    expect(page.get_by_text("All of it was applied by Alice")).to_be_visible()
    page.goto("/w/acme/t/FLOW-1/")
    expect(page.locator("#pane-subtasks")).to_contain_text("Write the copy")
    page.go_back()
    page.get_by_role("button", name="Undo all of this").click()
    expect(page.get_by_text("and undone since")).to_be_visible()


def test_a_pasted_text_and_a_run_that_is_stopped(
    enter: Enter, alice: Actor, cards: list[Task], provider: Provider
) -> None:
    switch_on(alice)
    page = ready(enter(alice, BOARD))
    page.keyboard.press("c")
    dialog = page.locator("#create-task")
    dialog.get_by_role("button", name="Break down with AI").click()
    expect(page.locator("#create-titles")).to_be_focused()
    page.keyboard.insert_text("Copy (2)\nDrawing (1)")
    dialog.get_by_role("button", name="Break down with AI").click()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("heading", name="Break down: cancelled")).to_be_visible()

    provider.breaks("500", "500", "500")
    page.goto(BOARD)
    ready(page).keyboard.press("c")
    expect(page.locator("#create-titles")).to_be_focused()
    page.locator("#create-titles").fill("")
    page.keyboard.insert_text("Copy (2)\nDrawing (1)")
    dialog.get_by_role("button", name="Break down with AI").click()
    expect(page.get_by_text("Waiting for a free worker")).to_be_visible()
    work_at(page, alice)
    expect(page.get_by_text("They are the lines of the text itself")).to_be_visible()
    expect(page.locator(".review-row").first).to_contain_text("by a rule")
