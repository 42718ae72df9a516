"""A rule from a recipe to the board: built in a browser by keyboard and mouse, tried, kept, and seen at work by somebody else, live."""

import re

import pytest
from playwright.sync_api import expect

from tasks.models import Project, Task
from tasks.tests.automations import work
from workspaces.actor import Actor

from .boards import BOARD, card, column, ready, settled
from .conftest import Enter

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def test_a_rule_is_built_and_acts_on_a_live_board(
    enter: Enter, alice: Actor, bob: Actor, project: Project, cards: list[Task]
) -> None:
    page = settled(enter(alice, "/w/acme/automations/", fine=("422",)))
    page.get_by_role("link", name=re.compile("Whoever starts a card is on it")).click()
    expect(page.get_by_label("Name")).to_have_value("Whoever starts a card is on it")
    page.get_by_label("Where").select_option(label="FLOW Flow")
    page.locator('select[name="when_value"]').select_option(label="In progress")
    page.get_by_role("button", name="Another step").click()
    page.locator('select[name="then-1"]').select_option(label="comment …")
    words = page.locator('textarea[name="then-1-value"]')
    words.fill("Look at {kye}")
    page.get_by_role("button", name="Make the rule").click()
    expect(page.get_by_role("alert")).to_contain_text("{kye} is not known here")
    words.fill("{actor} is at {title}")
    page.get_by_label("on the card").fill("FLOW-1")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").last).to_contain_text("Assigned FLOW-1 One to Alice")
    page.get_by_role("button", name="Make the rule").click()
    expect(page.locator(".automation-sentence")).to_contain_text(
        "When a card is moved to In progress, if nobody is on it, then assign it to whoever set it off and comment"
    )

    board = ready(enter(bob, BOARD))
    other = ready(enter(alice, BOARD))
    one = card(board, "One")
    one.focus()
    board.keyboard.press("Space")
    board.keyboard.press("ArrowRight")
    board.keyboard.press("Enter")
    expect(column(other, "In progress")).to_contain_text("One")
    work(alice)
    for seen in (board, other):
        expect(card(seen, "One").locator(".avatar")).to_be_visible()

    page.reload()
    run = page.locator(".automation-runs li").first
    expect(run).to_contain_text("Done")
    run.get_by_role("button", name="Undo").click()
    expect(card(other, "One").locator(".avatar")).to_have_count(0)
    page.goto("/w/acme/automations/")
    expect(page.locator(".automation-rules")).to_contain_text("1 this month")
    switch = page.get_by_role("switch", name="Whoever starts a card is on it")
    switch.focus()
    page.keyboard.press("Space")
    expect(switch).to_have_attribute("aria-checked", "false")
    page.get_by_role("link", name="Whoever starts a card is on it", exact=True).first.click()
    page.get_by_role("button", name="Switch on").click()
    expect(page.get_by_role("button", name="Switch off")).to_be_visible()
    page.get_by_role("button", name=re.compile("Delete")).click()
    page.get_by_role("alertdialog").get_by_role("button", name="Delete").click()
    expect(page.get_by_text("Let the board do the chores.")).to_be_visible()
