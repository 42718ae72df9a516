"""From nothing to a board, and how the second person joins."""

import re
import time
from pathlib import Path

import pytest
from playwright.sync_api import expect

from workspaces.actor import Actor
from workspaces.tests.people import PASSWORD, make_person

from .boards import ready, titles
from .conftest import Enter

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def link_in_mail(mails: Path, address: str, part: str) -> str:
    """The first link with that part in a mail to the address."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        for mail in sorted(mails.iterdir(), reverse=True):
            words = mail.read_text()
            found = re.search(rf"https?://[^/\s]+(\S*{part}\S*)", words.replace("=\n", ""))
            if address in words and found:
                return found[1]
        time.sleep(0.1)
    raise AssertionError(f"no mail to {address} with {part}")


def test_sign_up_confirm_name_a_workspace_and_have_a_board(enter: Enter, mails: Path, db: None) -> None:
    page = enter(None, "/", fine=("/events?after=",))  # who signs out may still ask what is new, and is refused
    page.get_by_role("link", name="Create an account").first.click()
    page.get_by_label("Your name").fill("Nora Nimble")
    page.get_by_label("E-mail").fill("nora@example.com")
    page.get_by_label("Password").fill("a long walk by the sea")
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_role("heading", name="Check your mail")).to_be_visible()
    page.goto(link_in_mail(mails, "nora@example.com", "confirm-email"))
    page.get_by_role("button", name="Confirm and go on").click()
    page.get_by_label("Name", exact=True).fill("Nimble")
    page.get_by_role("button", name="Create workspace").click()
    page.get_by_role("link", name="New project").first.click()
    page.get_by_label("Name", exact=True).fill("First steps")
    page.get_by_role("button", name="Create project").click()
    ready(page)
    page.keyboard.press("c")
    page.get_by_role("textbox", name="Title").fill("It works")
    page.keyboard.press("Enter")
    expect(titles(page, "Backlog")).to_have_text(["It works"])
    page.get_by_role("button", name=re.compile("You: Nora")).click()
    page.get_by_role("menuitem", name="Sign out").click()
    page.goto("/accounts/login/?next=/w/nimble/")
    page.get_by_label("E-mail").fill("nora@example.com")
    page.get_by_label("Password").fill("a long walk by the sea")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("link", name="First steps").first).to_be_visible()


def test_an_invitation_is_accepted_in_another_browser(enter: Enter, alice: Actor) -> None:
    ned = make_person("Ned")
    page = enter(alice, "/w/acme/members/")
    page.get_by_role("button", name="Invite", exact=True).click()
    page.get_by_label("E-mail").fill(ned.email)
    page.get_by_role("button", name="Send invitations").click()
    link = page.get_by_role("button", name=f"Copy the link for {ned.email}")
    expect(link).to_be_visible()
    other = enter(None, link.get_attribute("data-copy") or "")
    other.get_by_role("link", name="I have one: sign in").click()
    other.get_by_label("E-mail").fill(ned.email)
    other.get_by_label("Password").fill(PASSWORD)
    other.get_by_role("button", name="Sign in", exact=True).click()
    other.get_by_role("button", name="Join Acme").click()
    expect(other).to_have_url(re.compile("/w/acme/$"))
    expect(page.locator(".lines")).to_contain_text([re.compile("Ned")])
