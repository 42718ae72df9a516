"""The AI's desk: switched on, its budget watched, its receipts read, and what a guest sees of it."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from ai.budget import period
from ai.models import AIBudget, AIUsage
from ai.tests.provider import Provider
from tasks.models import Task
from workspaces.actor import Actor
from workspaces.spine import acting

from .conftest import Enter
from .test_access import faults

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
DESK, USAGE = "/w/acme/settings/ai/", "/w/acme/ai/"


def calls(by: Actor, tokens: int) -> None:
    """A few calls of this month with keys of one's own."""
    with acting(by):
        for number in range(4):
            made = timezone.now() - timedelta(minutes=number)
            AIUsage(
                workspace=by.workspace, user=by.user, purpose="write.draft", provider="openai", model="demo", budget_kind="own",
                input_tokens=tokens // 8, output_tokens=tokens // 8, cost_micros=1200, latency_ms=1500, outcome="ok",
                sent=["title of FLOW-1"], created_at=made,
            ).save(force_insert=True)  # fmt: skip
        AIBudget(workspace=by.workspace, period=period(), kind="own", used=tokens).save(force_insert=True)


def own_key(page: Page) -> None:
    """A model with a key of one's own; nobody answers at its address, which is said."""
    page.get_by_text("Add a model").click()
    page.get_by_label("Name").fill("Ours")
    page.get_by_label("Model", exact=True).fill("gpt")
    page.locator("#connection_new_key").fill("sk-0123456789abcdef")
    page.get_by_role("button", name="Add and try").click()
    expect(page.locator(".ai-connection")).to_contain_text("key …cdef")


def test_an_owner_sets_it_up_and_watches_what_it_takes(
    enter: Enter, alice: Actor, cards: list[Task], provider: Provider
) -> None:
    page = enter(alice, DESK)
    page.get_by_role("button", name="Switch on", exact=True).click()
    expect(page.get_by_text("You have it")).to_be_visible()
    own_key(page)
    page.get_by_label("Tokens a month with keys of your own").fill("20000")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("flow-toasts")).to_contain_text("20,000 tokens")
    page.get_by_role("link", name="Usage", exact=True).click()
    expect(page.get_by_text("Nothing was asked in")).to_be_visible()
    calls(alice, 17_000)
    page.reload()
    banner = page.get_by_text("% of")
    expect(banner.first).to_contain_text("85 %")
    expect(page.locator(".usage-receipt")).to_have_count(4)
    expect(page.locator(".usage-receipt").first).to_contain_text("Sent: title of FLOW-1")
    assert not faults(page)
    page.get_by_role("button", name="Put away").click()
    page.goto(USAGE)
    expect(page.locator(".usage-receipt")).to_have_count(4)
    expect(page.get_by_role("button", name="Put away")).to_have_count(0)
    page.goto(DESK)
    assert not faults(page)


def test_on_a_phone_in_the_dark_nothing_stands_over_the_edge(
    enter: Enter, alice: Actor, bob: Actor, ai_on: Provider
) -> None:
    calls(alice, 19_000)
    for who in (alice, bob):
        page = enter(who, color_scheme="dark", viewport={"width": 390, "height": 800}, reduced_motion="reduce")
        for path in (DESK, USAGE):
            page.goto(path)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
            assert not faults(page)


def test_a_guest_finds_no_word_of_it_until_the_workspace_says_so(
    enter: Enter, alice: Actor, gus: Actor, ai_on: Provider
) -> None:
    page = enter(gus, "/w/acme/settings/")
    expect(page.get_by_role("link", name="AI", exact=True)).to_have_count(0)
    owner = enter(alice, DESK)
    owner.get_by_label("May switch it on, for what is shared with them").check()
    owner.get_by_role("button", name="Save", exact=True).click()
    expect(owner.locator("flow-toasts")).to_contain_text("guests")
    page.reload()
    page.get_by_role("link", name="AI", exact=True).click()
    page.get_by_role("button", name="Switch on for me").click()
    expect(page.get_by_text("You have it")).to_be_visible()
