"""Two people on one board see where the other is, and what they are editing."""

import pytest
from playwright.sync_api import expect

from tasks.models import Project, Task
from workspaces.actor import Actor

from .boards import BOARD, card, ready
from .conftest import Enter

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def test_ben_appears_edits_and_leaves(
    enter: Enter, alice: Actor, bob: Actor, project: Project, cards: list[Task]
) -> None:
    hers = ready(enter(alice, BOARD))
    here = hers.locator("#presence")
    expect(here).to_be_hidden()
    his = ready(enter(bob, BOARD))
    expect(here.locator(".avatar")).to_have_accessible_name("Bob, on the board")
    expect(his.locator("#presence .avatar")).to_have_accessible_name("Alice, on the board")

    card(his, "One").click()
    his.get_by_role("button", name="Add a description").click()
    his.get_by_role("textbox", name="Description").fill("Half a sentence of Bob")
    expect(card(hers, "One").locator(".card-here .avatar")).to_have_accessible_name(
        "Bob, editing the description, FLOW-1"
    )
    hers.keyboard.press("Tab")
    here.get_by_role("link", name="Bob, editing the description, FLOW-1").click()  # where he is
    expect(hers.locator("#pane-description .editing-note")).to_have_text("BBob is editing the description")
    expect(hers.locator("#pane .pane-here .avatar")).to_have_accessible_name("Bob, editing the description, FLOW-1")
    hers.get_by_role("button", name="Add a description").click()
    expect(hers.locator("#announcer")).to_have_text("Bob is editing the description too.")
    expect(his.locator("#announcer")).to_have_text("Alice is editing the description too.")

    his.get_by_role("textbox", name="Description").press("Control+Enter")
    expect(hers.locator(".editing-note")).to_have_count(0)
    his.get_by_role("textbox", name="Write a comment").fill("And one word more")
    expect(hers.locator("#pane-talk .editing-note")).to_contain_text("Bob is writing a comment")
    his.close()
    expect(hers.locator(".editing-note, .pane-here > *, .card-here")).to_have_count(0)
    expect(here).to_be_hidden()
