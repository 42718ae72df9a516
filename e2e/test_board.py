"""One person works a board: by mouse, by keys, by finger, and back again."""

import pytest
from playwright.sync_api import Page, expect

from tasks.models import Project, Task
from tasks.tests.boards import titles as kept
from workspaces.actor import Actor

from .boards import BOARD, card, carry, column, ready, titles, until
from .conftest import Enter

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def saved(page: Page) -> None:
    expect(page.locator("flow-status").first).to_have_attribute("data-state", "saved")


def test_the_mouse_drags_a_card_below_another_and_the_toast_takes_it_back(
    enter: Enter, alice: Actor, project: Project, cards: list[Task]
) -> None:
    page = ready(enter(alice, BOARD))
    carry(page, card(page, "One"), card(page, "Two"), below=True)
    expect(titles(page, "To do")).to_have_text(["Two", "One", "Three"])
    page.locator(".toast").get_by_role("button", name="Undo").click()
    expect(titles(page, "To do")).to_have_text(["One", "Two", "Three"])
    expect(page.locator(".toast").get_by_role("button", name="Redo")).to_be_visible()
    assert kept(project, "To do") == ["One", "Two", "Three"]


def test_the_keyboard_alone_moves_a_card_and_each_step_is_spoken(
    enter: Enter, alice: Actor, project: Project, cards: list[Task]
) -> None:
    page = ready(enter(alice, BOARD))
    spoken = page.locator("#announcer")
    page.keyboard.press("ArrowDown")
    expect(card(page, "One")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    expect(spoken).to_have_text("Picked up Two. Column 2 of 5, position 2 of 3.")
    page.keyboard.press("ArrowRight")
    expect(spoken).to_have_text("In progress, column 3 of 5, position 1 of 1.")
    page.keyboard.press("Enter")
    expect(spoken).to_have_text("Dropped. In progress, column 3 of 5, position 1 of 1.")
    expect(card(page, "Two")).to_be_focused()
    expect(page.locator(".toast")).to_contain_text("Moved FLOW-2 Two from To do to In progress")
    assert kept(project, "In progress") == ["Two"]

    page.keyboard.press("Space")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Escape")
    expect(spoken).to_have_text("Cancelled.")
    expect(titles(page, "In progress")).to_have_text(["Two"])
    page.keyboard.press("Control+z")
    expect(titles(page, "To do")).to_have_text(["One", "Two", "Three"])
    expect(card(page, "Two")).to_be_focused()
    page.keyboard.press("Control+Shift+z")
    expect(titles(page, "In progress")).to_have_text(["Two"])


def test_a_finger_drags_after_a_long_press_and_scrolls_before_it(
    enter: Enter, alice: Actor, project: Project, cards: list[Task]
) -> None:
    page = ready(enter(alice, BOARD, **PHONE))
    page.get_by_role("navigation", name="Columns").get_by_role("button", name="To do").click()
    expect(page.locator('[data-go-column][aria-current="true"]')).to_contain_text("To do")
    until(page, "Math.round(document.querySelector('.columns').scrollLeft / innerWidth) === 1")
    finger = page.context.new_cdp_session(page)
    start, end = card(page, "One").bounding_box(), card(page, "Three").bounding_box()
    assert start and end

    def touch(kind: str, x: float = 0, y: float = 0) -> None:
        finger.send(
            "Input.dispatchTouchEvent", {"type": kind, "touchPoints": [] if kind == "touchEnd" else [{"x": x, "y": y}]}
        )

    touch("touchStart", start["x"] + 60, start["y"] + 20)
    expect(page.locator(".drag-ghost")).to_be_visible()
    for step in range(1, 9):
        touch("touchMove", start["x"] + 60, start["y"] + 20 + (end["y"] + end["height"] - start["y"]) * step / 8)
    until(page, "document.querySelector('.drop-gap')?.previousElementSibling?.textContent.includes('Three')")
    touch("touchEnd")
    expect(titles(page, "To do")).to_have_text(["Two", "Three", "One"])
    expect(page.locator(".toast")).to_contain_text("Moved FLOW-1 One")
    assert kept(project, "To do") == ["Two", "Three", "One"]


def test_on_a_phone_one_column_fills_the_screen_and_a_sheet_moves_cards(
    enter: Enter, alice: Actor, project: Project, cards: list[Task]
) -> None:
    page = ready(enter(alice, BOARD, **PHONE))
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    widths = page.evaluate("[...document.querySelectorAll('.column')].map((one) => one.getBoundingClientRect().width)")
    assert all(370 <= width <= 390 for width in widths)
    page.get_by_role("navigation", name="Columns").get_by_role("button", name="To do").click()
    card(page, "Two").get_by_role("button", name="More for FLOW-2").tap()
    page.get_by_role("menuitemradio", name="Done").tap()
    expect(titles(page, "Done")).to_have_text(["Two"])
    expect(page.locator(".toast")).to_contain_text("Moved FLOW-2 Two from To do to Done")


def test_many_lines_become_many_cards_in_order_and_one_undo(enter: Enter, alice: Actor, project: Project) -> None:
    page = ready(enter(alice, BOARD))
    column(page, "To do").get_by_role("button", name="Add task").click()
    field = page.get_by_role("textbox", name="New tasks")
    field.fill("Draft\nReview\n\n  Send  ")
    field.press("Enter")
    expect(titles(page, "To do")).to_have_text(["Draft", "Review", "Send"])
    expect(field).to_be_focused()
    field.fill("One more !high")
    field.press("Enter")
    expect(titles(page, "To do")).to_have_text(["Draft", "Review", "Send", "One more"])
    expect(card(page, "One more").get_by_role("img", name="High priority")).to_be_visible()
    field.press("Escape")
    page.keyboard.press("c")
    page.get_by_role("textbox", name="Title").fill("From anywhere")
    page.keyboard.press("Enter")
    expect(titles(page, "Backlog")).to_have_text(["From anywhere"])
    page.keyboard.press("Control+z")
    expect(titles(page, "Backlog")).to_have_count(0)
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    expect(titles(page, "To do")).to_have_count(0)
    saved(page)


def test_a_task_opens_beside_the_board_and_saves_what_is_done_there(
    enter: Enter, alice: Actor, bob: Actor, project: Project, cards: list[Task]
) -> None:
    page = ready(enter(alice, BOARD))
    card(page, "One").click()
    expect(page).to_have_url(f"{page.evaluate('location.origin')}/w/acme/t/FLOW-1/")
    title = page.get_by_role("textbox", name="Title")
    title.fill("One and only")
    title.press("Enter")
    expect(titles(page, "To do").first).to_have_text("One and only")
    page.locator("#pane").focus()
    page.keyboard.press("s")
    page.get_by_role("menu", name="Status").get_by_role("menuitemradio", name="Review").click()
    expect(titles(page, "Review")).to_have_text(["One and only"])
    page.keyboard.press("e")
    page.get_by_role("textbox", name="Description").fill("Ask **Bob** first")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#pane-description strong")).to_have_text("Bob")
    page.get_by_role("textbox", name="Write a comment").fill("Done by noon")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".comment .prose").first).to_have_text("Done by noon")
    page.locator("#pane").focus()
    page.keyboard.press("Escape")
    expect(page.locator("#pane")).to_have_count(0)
    expect(card(page, "One and only")).to_be_focused()
    page.go_back()
    expect(page.locator("#pane")).to_be_visible()
