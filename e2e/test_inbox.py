"""The inbox walked by keys alone: what needs me and what happens, opened, done, snoozed and muted; what is new comes by itself."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tasks.actions import create_comment, update_task
from tasks.actions.telling import tell_people
from tasks.models import Project, Task
from workspaces.actor import Actor

from .boards import until
from .conftest import Enter

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def item(page: Page, words: str) -> Locator:
    return page.locator(".inbox-item", has_text=words)


def toast(page: Page, words: str) -> Locator:
    return page.locator(".toast", has_text=words)


def unread(page: Page) -> Locator:
    return page.locator('.inbox-tabs [data-inbox-count="needs_me"]')


def test_an_inbox_is_walked_by_keys(
    enter: Enter, alice: Actor, bob: Actor, project: Project, cards: list[Task]
) -> None:
    for card in cards[:2]:
        update_task(alice, card, assignees=[bob.user])
    tell_people(bob.workspace.pk)
    page = enter(bob, "/w/acme/inbox/")
    until(page, "!!customElements.get('flow-inbox') && !!customElements.get('flow-status')")
    expect(page.locator("flow-status").first).to_have_attribute("data-state", "saved")
    expect(unread(page)).to_have_text("2")

    create_comment(alice, cards[2], body="Look at this, @bob")
    tell_people(bob.workspace.pk)
    expect(item(page, "Look at this, @bob")).to_be_visible()  # by itself
    expect(unread(page)).to_have_text("3")

    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(item(page, "FLOW-3")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#pane")).to_have_attribute("data-ref", "FLOW-3")
    expect(unread(page)).to_have_text("2")
    page.keyboard.press("Escape")
    expect(page.locator("#pane")).to_have_count(0)
    expect(item(page, "FLOW-3")).to_be_focused()

    page.keyboard.press("e")
    expect(toast(page, "Done")).to_be_visible()
    expect(item(page, "FLOW-3")).to_have_count(0)
    expect(item(page, "FLOW-2")).to_be_focused()
    toast(page, "Done").get_by_role("button", name="Undo").press("Enter")
    expect(item(page, "FLOW-3")).to_be_visible()

    item(page, "FLOW-2").focus()
    page.keyboard.press("s")
    expect(page.get_by_role("menu", name="Snooze until")).to_be_visible()
    expect(page.locator("#snooze-menu .menu-item").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(toast(page, "Snoozed until")).to_be_visible()
    expect(item(page, "FLOW-2")).to_have_count(0)
    page.locator(".inbox-tabs").get_by_role("link", name="Snoozed").press("Enter")
    expect(item(page, "FLOW-2")).to_be_visible()

    page.locator(".inbox-tabs").get_by_role("link", name="Activity").press("Enter")
    expect(page.get_by_role("heading", name="Nothing new.")).to_be_visible()
    create_comment(alice, cards[0], body="How it goes")
    tell_people(bob.workspace.pk)
    expect(item(page, "How it goes")).to_be_visible()
    item(page, "How it goes").focus()
    page.keyboard.press("m")
    why = page.get_by_role("menu", name="Why did I get this?")
    expect(why).to_contain_text("You got this because you follow the task.")
    expect(why.get_by_role("menuitem").first).to_be_focused()
    why.get_by_role("menuitem", name="Mute “comment” everywhere").press("Enter")
    expect(toast(page, "muted")).to_be_visible()
    create_comment(alice, cards[0], body="Not heard")
    update_task(alice, cards[0], title="Renamed")
    tell_people(bob.workspace.pk)
    expect(item(page, "Renamed")).to_be_visible()
    expect(item(page, "Not heard")).to_have_count(0)
