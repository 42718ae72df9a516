"""Two people at one text: what does not overlap comes together, what does is shown to whoever came second."""

import pytest
from playwright.sync_api import Page, expect

from tasks.actions import update_project, update_task
from tasks.models import Project, Task
from workspaces.actor import Actor

from .boards import BOARD, card, carry, column, ready, titles
from .conftest import Enter

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
PAGE = "/w/acme/t/FLOW-1/"
SETTINGS = "/w/acme/p/FLOW/settings/"
TEXT = "Why we do it.\n\nHow we do it.\n\nWhen we do it."


def write(page: Page, text: str) -> None:
    """The description, opened and not saved yet."""
    page.get_by_role("button", name="Edit description").focus()
    page.keyboard.press("Enter")
    page.get_by_role("textbox", name="Description").fill(text)


def save(page: Page) -> None:
    page.get_by_role("textbox", name="Description").press("Control+Enter")


def test_two_people_write_one_description(
    enter: Enter, alice: Actor, bob: Actor, project: Project, cards: list[Task]
) -> None:
    update_task(alice, cards[0], description=TEXT)
    hers, his = enter(alice, PAGE, fine=("409",)), enter(bob, PAGE)
    shown = "#pane-description .prose"
    for page in (hers, his):
        page.wait_for_load_state("networkidle")
        write(page, TEXT)
    his.get_by_role("textbox", name="Description").fill(TEXT.replace("Why", "Bob's why"))
    save(his)
    expect(hers.locator(".stale-note")).to_contain_text("Bob changed this meanwhile")
    hers.get_by_role("textbox", name="Description").fill(TEXT.replace("When", "Alice's when"))
    save(hers)
    for page in (hers, his):  # different paragraphs: both are there
        expect(page.locator(shown).first).to_contain_text("Bob's why")
        expect(page.locator(shown).first).to_contain_text("Alice's when")
    expect(hers.get_by_role("status").filter(has_text="merged with what Bob changed")).to_be_visible()

    now = TEXT.replace("Why", "Bob's why").replace("When", "Alice's when")
    for page in (hers, his):
        write(page, now)
    his.get_by_role("textbox", name="Description").fill(now.replace("How", "Bob's how"))
    save(his)
    expect(his.locator(shown).first).to_contain_text("Bob's how")
    hers.get_by_role("textbox", name="Description").fill(now.replace("How", "Alice's how"))
    save(hers)
    both = hers.get_by_role("dialog", name="Two versions of the description")
    expect(both.locator(".is-theirs")).to_contain_text("Bob's how we do it.")
    expect(both.locator(".is-yours")).to_contain_text("Alice's how we do it.")
    both.get_by_role("radio", name="Keep mine").press("Escape")  # back to her text, which is as she left it
    expect(hers.get_by_role("textbox", name="Description")).to_have_value(now.replace("How", "Alice's how"))
    save(hers)
    both.get_by_role("radio", name="Both, theirs first").check()
    hers.keyboard.press("Control+Enter")
    for page in (hers, his):
        expect(page.locator(shown).first).to_contain_text("Bob's how we do it.")
        expect(page.locator(shown).first).to_contain_text("Alice's how we do it.")
    expect(hers.get_by_role("textbox", name="Description")).to_be_hidden()


def test_a_card_that_somebody_else_has_moved_goes_where_they_put_it(
    enter: Enter, alice: Actor, bob: Actor, project: Project, cards: list[Task]
) -> None:
    page = enter(alice, fine=("WebSocket", "409"))
    page.route_web_socket("**/ws/**", lambda socket: socket.close())  # she does not hear of it
    page.goto(BOARD)
    page.wait_for_load_state("networkidle")
    his = ready(enter(bob, BOARD))
    carry(his, card(his, "One"), column(his, "Review"))
    expect(titles(his, "Review")).to_have_text(["One"])
    carry(page, card(page, "One"), column(page, "Done"))
    expect(page.get_by_role("alert").filter(has_text="Bob moved FLOW-1 One from To do to Review")).to_be_visible()
    expect(titles(page, "Review")).to_have_text(["One"])
    expect(titles(page, "Done")).to_have_count(0)


def test_two_people_write_one_projects_description(enter: Enter, alice: Actor, bob: Actor, project: Project) -> None:
    update_project(alice, project, description=TEXT)
    pages = hers, his = enter(alice, SETTINGS, fine=("409",)), enter(bob, SETTINGS)
    fields = [page.get_by_role("textbox", name="Description optional") for page in pages]
    mine, theirs = fields
    for page in pages:
        page.wait_for_load_state("networkidle")
    mine.fill(TEXT.replace("When", "Alice's when"))
    theirs.fill(TEXT.replace("Why", "Bob's why"))
    his.get_by_role("button", name="Save", exact=True).click()
    expect(hers.locator(".stale-note")).to_contain_text("Bob changed this meanwhile")
    hers.get_by_role("button", name="Save", exact=True).click()
    for field in fields:  # different paragraphs: both are there, on both desks
        expect(field).to_have_value(TEXT.replace("Why", "Bob's why").replace("When", "Alice's when"))
    expect(hers.get_by_role("status").filter(has_text="merged with what Bob changed")).to_be_visible()

    mine.fill("Alice's own")
    hers.get_by_role("textbox", name="Name", exact=True).fill("Stream")
    theirs.fill("Bob's own")
    his.get_by_role("button", name="Save", exact=True).click()
    expect(hers.locator(".stale-note")).to_be_visible()
    hers.get_by_role("button", name="Save", exact=True).click()
    both = hers.get_by_role("dialog", name="Two versions of the description")
    expect(both.locator(".is-theirs")).to_contain_text("Bob's own")
    both.get_by_role("radio", name="Both, theirs first").check()
    hers.keyboard.press("Control+Enter")
    for page, field in zip(pages, fields, strict=True):
        expect(field).to_have_value("Bob's own\n\nAlice's own")
        expect(page.get_by_role("textbox", name="Name", exact=True)).to_have_value("Stream")
