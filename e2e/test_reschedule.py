"""A project is rescheduled: from the form without the AI, from words with it; looked at, applied, taken back."""

import json
from datetime import date, timedelta
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from ai.tests.provider import Provider
from ai.tests.rows import switch_on
from ai.tests.workers import work
from tasks.actions import create_task, update_task
from tasks.models import Project, Task
from workspaces.actor import Actor

from .boards import BOARD, ready, settled
from .conftest import Enter

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
FORM = "/w/acme/p/FLOW/reschedule/"


@pytest.fixture
def monday(alice: Actor, bob: Actor, cards: list[Task]) -> date:
    """The next one, on which all three cards are due, and all are Bob's."""
    day = date.today() + timedelta(days=7 - date.today().weekday())
    for card in cards:
        update_task(alice, card, due=day, assignees=[bob.user], estimate=1)
    return day


def work_at(page: Page, by: Actor) -> None:
    """A worker takes up the run whose page is open."""
    work(by.workspace.pk, UUID(page.url.rstrip("/").rpartition("/")[2]))


def shown(day: date) -> str:
    return f"{day:%b} {day.day}"


def test_from_the_form_by_keyboard_and_without_the_ai(
    enter: Enter, alice: Actor, project: Project, monday: date
) -> None:
    create_task(alice, project, title="Endless", estimate=900, due=monday)
    page = ready(enter(alice, BOARD, fine=("422",)))
    page.get_by_role("link", name="Reschedule").click()
    expect(page.get_by_role("heading", name="Reschedule")).to_be_visible()
    settled(page)
    assert "AI" not in page.locator("main").inner_text()

    page.locator("#plan-start").fill(str(monday))
    # rules are added, filled in and removed by keyboard; what is wrong stands where it is, and nothing else is lost
    page.get_by_role("button", name="Add a rule").press("Enter")
    page.get_by_role("menuitem", name="A task stays").press("Enter")
    expect(page.locator(".rule-task")).to_be_focused()
    page.keyboard.type("FLOW-99")
    page.get_by_role("button", name="Add a rule").press("Enter")
    page.get_by_role("menuitem", name="Somebody is away").press("Enter")
    away = page.locator(".rule").nth(1)
    expect(away.get_by_label("Who")).to_be_focused()
    away.get_by_label("Who").select_option(label="Bob")
    away.get_by_label("From").fill(str(monday + timedelta(days=1)))
    away.get_by_label("Until").fill(str(monday + timedelta(days=1)))
    page.get_by_role("button", name="Add a rule").press("Enter")
    page.get_by_role("menuitem", name="Working days").press("Enter")
    page.locator(".rule").nth(2).get_by_role("button", name="Remove the rule").press("Enter")
    expect(away.get_by_role("button", name="Remove the rule")).to_be_focused()
    page.get_by_role("button", name="Make a plan").press("Enter")
    expect(page.locator(".rule-fault")).to_have_text("There is no task FLOW-99 in FLOW.")
    expect(away.get_by_label("Until")).to_have_value(str(monday + timedelta(days=1)))
    page.locator(".rule-task").fill("FLOW-1")
    page.get_by_role("button", name="Make a plan").click()

    # the run, the proposal: what could not be placed first, then each date with what binds it
    expect(page.get_by_text("Waiting for a free worker")).to_be_visible()
    work_at(page, alice)
    expect(page.locator(".plan-unplaced")).to_contain_text("1 task could not be placed")
    expect(page.locator(".plan-unplaced li")).to_contain_text("900 points take 900 working days")
    expect(page.locator(".plan-chips")).to_contain_text("FLOW-1 stays")
    expect(page.locator(".plan-loads li")).to_have_count(1)
    expect(page.get_by_text("Planner", exact=True)).to_be_visible()
    expect(page.locator(".review-row")).to_have_count(2)
    expect(page.locator(".review-row").first).to_contain_text(shown(monday + timedelta(days=2)))
    expect(page.locator(".review-row").first).to_contain_text("because Bob is full on")
    assert "AI" not in page.locator("main").inner_text()

    # one date is left as it is, the other applied; one press takes it back
    page.locator(".review-row").nth(1).get_by_role("checkbox").uncheck()
    page.get_by_role("button", name="Apply 1 of 2").click()
    expect(page.get_by_text("1 of 2 applied by Alice")).to_be_visible()
    page.get_by_role("button", name="Undo all of this").click()
    expect(page.get_by_text("and undone since")).to_be_visible()
    page.get_by_role("link", name="Change and plan again").click()
    expect(page.locator(".rule")).to_have_count(2)


def test_from_words_that_come_back_as_chips(
    enter: Enter, alice: Actor, project: Project, monday: date, provider: Provider
) -> None:
    switch_on(alice)
    read = {
        "most_moves": 1, "unread": ["and let it be fun"],
        "rules": [{"rule": "away", "person": "Bob", "since": str(monday), "until": str(monday)}, {"rule": "first", "task": "FLOW-3"}],
    }  # fmt: skip
    provider.says(json.dumps(read))
    page = settled(enter(alice, FORM))
    page.get_by_label("In words").fill("Bob is off on Monday, FLOW-3 first, move one at most, and let it be fun")
    page.get_by_role("button", name="Read").click()
    work_at(page, alice)
    expect(page.locator(".rule")).to_have_count(2)
    expect(page.locator(".plan-unread")).to_contain_text("and let it be fun")
    expect(page.locator(".receipt-line summary")).to_contain_text("demo · ")
    expect(page.get_by_label("Dates that may move")).to_have_value("1")
    expect(page.locator(".rule").first.get_by_label("From")).to_have_value(str(monday))

    # the chips are looked at and changed before anything is planned
    page.locator(".rule").nth(1).get_by_role("button", name="Remove the rule").click()
    page.get_by_label("Dates that may move").fill("9")
    page.locator("#plan-start").fill(str(monday))
    page.get_by_role("button", name="Make a plan").click()
    work_at(page, alice)
    expect(page.locator(".review-row")).to_have_count(3)
    expect(page.locator(".plan-chips")).to_contain_text("Bob is away")
    page.get_by_role("button", name="Discard").click()


def test_a_pin_holds_and_a_run_is_stopped(enter: Enter, alice: Actor, project: Project, monday: date) -> None:
    page = settled(enter(alice, "/w/acme/t/FLOW-3/"))
    page.locator("#fact-pin").press("Enter")
    page.get_by_label("Must be due on").fill(str(monday))
    page.locator("#pin-menu").get_by_role("button", name="Pin", exact=True).press("Enter")
    expect(page.locator("#fact-pin")).to_contain_text(f"Due {shown(monday)}")
    page.goto(FORM)
    page.get_by_role("button", name="Make a plan").click()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("heading", name="Reschedule: cancelled")).to_be_visible()
    page.goto(FORM)
    page.get_by_role("button", name="Make a plan").click()
    work_at(page, alice)
    expect(page.locator(".review-group")).to_have_count(2)
    expect(page.locator(".review-form")).not_to_contain_text("FLOW-3 Three")
    page.goto("/w/acme/t/FLOW-3/")
    page.locator("#fact-pin").press("Enter")
    page.get_by_role("button", name="Unpin").click()
    expect(page.locator("#fact-pin")).to_have_text("Pin")
