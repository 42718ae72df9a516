"""The AI in the editor: what it writes stands beside what one writes, inert, until somebody takes it."""

import pytest
from playwright.sync_api import Page, Request, expect

from ai.tests.provider import Provider
from ai.tests.rows import switch_on
from realtime.tests.server import Server
from tasks.actions import create_comment
from tasks.models import Task
from workspaces.actor import Actor

from .boards import until
from .conftest import Enter
from .payloads import HIDDEN, LEAKS, PAYLOADS
from .test_words import clean

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def choose(page: Page, form: str, item: str) -> None:
    """By keyboard alone: the editor's button, the menu's item."""
    page.locator(f"{form} [popovertarget=write-menu]").press("Enter")
    expect(page.locator("#write-menu .menu-item").first).to_be_focused()
    page.locator("#write-menu").get_by_role("menuitem", name=item).press("Enter")


def test_words_are_suggested_looked_at_and_taken_over(
    enter: Enter, live: Server, alice: Actor, cards: list[Task], provider: Provider
) -> None:
    assert len(LEAKS) >= 60
    switch_on(alice)
    create_comment(alice, cards[0], body="Only in Firefox.")
    provider.says("\n\n".join([f"All of it{HIDDEN}, harmless.", *LEAKS, *PAYLOADS]), when="everything")
    provider.says("## Steps\n\n1. Open the form.", when="how to see it")
    provider.says("word " * 4000, when="a book")
    foreign: list[str] = []

    def heard(request: Request) -> None:
        if not request.url.startswith((f"http://{live.host}/", "data:")):
            foreign.append(request.url)

    page = enter(alice, fine=("402", "503"))
    page.on("request", heard)
    page.goto("/w/acme/t/FLOW-1/")
    until(page, "!!document.documentElement.flowEditor && !!customElements.get('flow-write')")
    page.get_by_role("button", name="Add a description…").click()
    form, field = "#description-form", page.locator("#description-form > textarea")
    box = page.locator("#description-form .suggest")
    expect(field).to_be_focused()

    # asked for by keyboard, written as one watches, put into an empty field, saved and marked
    choose(page, form, "Draft…")
    expect(box.locator("input")).to_be_focused()
    page.keyboard.type("how to see it")
    page.keyboard.press("Enter")
    expect(box.get_by_role("button", name="Insert")).to_be_focused()
    expect(box.locator(".suggest-text h2")).to_have_text("Steps")
    expect(box.locator("summary")).to_contain_text("demo · ")
    page.keyboard.press("Enter")
    expect(field).to_have_value("## Steps\n\n1. Open the form.")
    expect(field).to_be_focused()

    # what is typed meanwhile stays
    choose(page, form, "Shorter")
    expect(box.locator(".suggest-state")).to_contain_text("Ready")
    field.press("Control+End")
    page.keyboard.type(" Mine.")
    box.get_by_role("button", name="Edit").click()
    expect(box.locator("textarea")).to_be_focused()
    page.keyboard.press("Control+A")
    page.keyboard.type("1. Open it.")
    page.keyboard.press("Control+Enter")
    expect(field).to_have_value("1. Open it. Mine.")
    page.keyboard.press("Control+z")
    expect(field).to_have_value("## Steps\n\n1. Open the form. Mine.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".described h2")).to_have_text("Steps")
    expect(page.locator("#pane-history")).to_contain_text("with AI")

    # a summary of the thread, whose model writes all that could do harm
    page.locator("#comment-body").fill("everything " * 40)
    choose(page, "#comment-new", "Clearer")
    box = page.locator("#comment-new .suggest")
    expect(box.locator(".suggest-text p").first).to_have_text("All of it, harmless.")
    clean(page)
    box.get_by_role("button", name="Add below").click()
    page.get_by_role("button", name="Comment", exact=True).click()
    expect(page.locator(".comment-card time").last).to_contain_text("written with AI")
    page.wait_for_load_state("networkidle")
    clean(page)
    assert foreign == []

    # stopped by a key; what came so far is there to be had or not
    page.locator("#comment-body").fill("a book")
    provider.pause = 0.02
    choose(page, "#comment-new", "Fuller")
    expect(box.locator(".suggest-text")).to_contain_text("word word")
    page.keyboard.press("Escape")
    expect(box.locator(".suggest-state")).to_have_text("Stopped")
    page.keyboard.press("Escape")
    expect(box).to_have_count(0)
    expect(page.locator("#comment-body")).to_have_value("a book")

    # a model that is down says so, and the page works
    provider.breaks("500", "500", "500")
    choose(page, "#comment-new", "Summarise the comments")
    expect(box.get_by_role("alert")).to_contain_text("Everything else works")
    box.get_by_role("button", name="Discard").click()
    page.locator("#comment-body").fill("By hand.")
    page.get_by_role("button", name="Comment", exact=True).click()
    expect(page.locator(".comment-card").last).to_contain_text("By hand.")
