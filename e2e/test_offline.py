"""Nothing typed or done is lost: without a line, after a crash, after a sign-in that ran out."""

from typing import Any

import pytest
from django.contrib.sessions.backends.cached_db import SessionStore
from playwright.sync_api import BrowserContext, Page, expect

from realtime.tests.server import session_key
from tasks.actions import update_task
from tasks.models import Project, Task
from workspaces import tenancy
from workspaces.actor import Actor
from workspaces.models import Draft
from workspaces.tests.people import log

from .boards import BOARD, card, carry, column, ready, titles, until
from .conftest import Enter

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
LINE = ("ERR_INTERNET_DISCONNECTED", "WebSocket", "ERR_FAILED", "ERR_CONNECTION_REFUSED")


TASK = "/w/acme/t/FLOW-1/"


def listening(page: Page) -> Page:
    until(page, "!!customElements.get('flow-pane') && !!document.documentElement.flowEditor")
    expect(status(page)).to_have_attribute("data-state", "saved")
    return page


def status(page: Page) -> Any:
    return page.locator("flow-status").first


def comment(page: Page, words: str) -> None:
    page.get_by_role("textbox", name="Write a comment").fill(words)
    page.get_by_role("button", name="Comment", exact=True).click()


def run_out(context: BrowserContext) -> None:
    """The session ends on the server; the browser does not know."""
    (key,) = (cookie["value"] for cookie in context.cookies() if cookie["name"] == "sessionid")
    SessionStore(key).delete()


def sign_in(context: BrowserContext, who: Actor) -> None:
    """As the sign-in page does it: another session in the same browser."""
    context.add_cookies(
        [{"name": "sessionid", "value": session_key(who), "url": context.pages[0].url.partition("/w/")[0]}]
    )


def kept(page: Page, who: Actor, texts: list[str]) -> None:
    """The server has these drafts, sooner or later."""
    for _ in range(300):
        if drafts(who) == texts:
            return
        page.wait_for_timeout(50)
    pytest.fail(f"{drafts(who)} is not {texts}")


def drafts(who: Actor) -> list[str]:
    with tenancy.workspace(who.workspace.pk, atomic=True):
        return [draft.text for draft in Draft.objects.within(who.workspace).filter(user=who.user).order_by("pk")]


def test_what_is_done_without_a_line_waits_and_is_sent_in_order_once(
    enter: Enter, alice: Actor, project: Project, cards: list[Task]
) -> None:
    page = ready(enter(alice, BOARD, fine=LINE))
    card(page, "Two").click()
    expect(page.locator("#pane")).to_be_visible()
    page.context.set_offline(True)
    expect(status(page)).to_have_attribute("data-state", "offline")
    comment(page, "Said in a tunnel")
    expect(page.locator(".comment.is-pending")).to_contain_text("Said in a tunnel")
    expect(status(page)).to_contain_text("Waiting (1)")
    page.locator(".pane-close").click()
    carry(page, card(page, "One"), column(page, "Done"))
    expect(status(page)).to_contain_text("Waiting (2)")
    expect(card(page, "One")).to_have_class("card is-pending")
    status(page).get_by_role("button").first.click()
    waiting = page.get_by_role("dialog", name="What is not saved yet")
    expect(waiting.locator("b")).to_have_text(["Comment on FLOW-2", "Move FLOW-1 to Done"])
    page.keyboard.press("Escape")
    before = len(log(alice))
    page.context.set_offline(False)
    expect(status(page)).to_have_attribute("data-state", "saved")
    assert [row.event for row in log(alice)[before:]] == ["comment:created", "task:moved"]
    expect(titles(page, "Done")).to_have_text(["One"])
    expect(page.locator(".is-pending")).to_have_count(0)


def test_a_page_that_dies_leaves_its_words_and_its_queue(
    enter: Enter, alice: Actor, project: Project, cards: list[Task]
) -> None:
    page = listening(enter(alice, TASK, fine=LINE))
    page.context.set_offline(True)
    expect(status(page)).to_have_attribute("data-state", "offline")
    comment(page, "Sent by nobody yet")
    expect(status(page)).to_contain_text("Waiting (1)")
    page.get_by_role("button", name="Add a description").click()
    page.get_by_role("textbox", name="Description").fill("Half a sent")
    page.get_by_role("textbox", name="Description").press_sequentially("ence")
    until(page, "Object.values(localStorage).some((kept) => kept.includes('Half a sentence'))")
    context = page.context
    page.close()
    context.set_offline(False)
    page = context.new_page()
    page.goto(TASK)
    expect(page.get_by_role("textbox", name="Description")).to_have_value("Half a sentence")
    expect(page.locator(".draft-note")).to_contain_text("Your unsaved words are back")
    expect(page.locator(".comment [data-reading]").first).to_have_text("Sent by nobody yet")
    expect(status(page)).to_have_attribute("data-state", "saved")
    assert len(log(alice, "comment:created")) == 1
    page.get_by_role("textbox", name="Description").press("Control+Enter")
    expect(page.locator("#pane-description .prose").first).to_have_text("Half a sentence")
    page.reload()
    expect(page.locator("#pane-description .prose").first).to_have_text("Half a sentence")
    expect(page.locator(".draft-note")).to_have_count(0)
    kept(page, alice, [])


def test_a_sign_in_that_ran_out_takes_nothing_with_it(
    enter: Enter, alice: Actor, bob: Actor, project: Project, cards: list[Task]
) -> None:
    page = listening(enter(alice, TASK, fine=(*LINE, "401")))
    run_out(page.context)
    comment(page, "Typed too late")
    expect(page.get_by_role("alert")).to_contain_text("You are signed out.")
    expect(status(page)).to_contain_text("Waiting (1)")
    page.get_by_role("textbox", name="Write a comment").fill("And more of it")
    sign_in(page.context, bob)
    page.reload()
    listening(page)
    expect(status(page)).to_have_attribute("data-state", "saved")
    expect(page.get_by_role("textbox", name="Write a comment")).to_have_value("")
    assert not log(alice, "comment:created")
    sign_in(page.context, alice)
    page.reload()
    expect(page.locator(".comment [data-reading]")).to_have_text(["Typed too late"])
    expect(page.get_by_role("textbox", name="Write a comment")).to_have_value("And more of it")
    expect(status(page)).to_have_attribute("data-state", "saved")
    assert [row.actor_id for row in log(alice, "comment:created")] == [alice.user.pk]
    kept(page, alice, ["And more of it"])


def test_signed_in_again_in_another_tab_the_page_goes_on(
    enter: Enter, alice: Actor, project: Project, cards: list[Task]
) -> None:
    page = listening(enter(alice, TASK, fine=(*LINE, "401", "403")))
    page.evaluate("window.sameDocument = true")
    run_out(page.context)
    comment(page, "Typed too late")
    expect(page.get_by_role("alert")).to_contain_text("You are signed out.")
    page.context.clear_cookies(name="csrftoken")
    sign_in(page.context, alice)
    other = page.context.new_page()
    other.goto("/w/acme/")
    expect(page.locator(".comment [data-reading]")).to_have_text(["Typed too late"])
    expect(page.get_by_role("alert")).to_have_count(0)
    assert page.evaluate("window.sameDocument")
    assert len(log(alice, "comment:created")) == 1


def test_what_is_refused_when_it_is_sent_is_shown_and_the_rest_goes_on(
    enter: Enter, alice: Actor, bob: Actor, project: Project, cards: list[Task]
) -> None:
    page = listening(enter(alice, TASK, fine=(*LINE, "404", "409")))
    page.context.set_offline(True)
    expect(status(page)).to_have_attribute("data-state", "offline")
    page.get_by_role("textbox", name="Title").fill("Named by Alice")
    page.get_by_role("textbox", name="Title").press("Enter")
    comment(page, "Said meanwhile")
    expect(status(page)).to_contain_text("Waiting (2)")
    update_task(bob, cards[0], title="Named by Bob")
    page.context.set_offline(False)
    expect(status(page)).to_contain_text("Not saved")
    expect(page.locator(".comment [data-reading]")).to_have_text(["Said meanwhile"])
    status(page).get_by_role("button", name="look").click()
    waiting = page.get_by_role("dialog", name="What is not saved yet")
    expect(waiting.locator(".waiting-item")).to_have_count(1)
    expect(waiting).to_contain_text("Named by Alice")
    waiting.get_by_role("button", name="Compare").click()
    expect(page.locator("#conflict")).to_contain_text("Named by Bob")


def test_a_draft_comes_to_another_device_and_goes_when_it_is_saved(
    enter: Enter, alice: Actor, project: Project, cards: list[Task]
) -> None:
    desk = listening(enter(alice, TASK))
    desk.get_by_role("textbox", name="Write a comment").fill("Begun at the desk")
    kept(desk, alice, ["Begun at the desk"])
    phone = listening(enter(alice, TASK, viewport={"width": 375, "height": 700}))
    expect(phone.get_by_role("textbox", name="Write a comment")).to_have_value("Begun at the desk")
    expect(phone.locator(".draft-note")).to_contain_text("Your unsaved words are back")
    phone.get_by_role("button", name="Comment", exact=True).click()
    expect(phone.locator(".comment [data-reading]")).to_have_text(["Begun at the desk"])
    expect(phone.locator(".draft-note")).to_have_count(0)
    kept(phone, alice, [])
    desk.reload()
    listening(desk)
    expect(desk.get_by_role("textbox", name="Write a comment")).to_have_value("")
