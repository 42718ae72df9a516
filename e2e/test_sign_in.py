"""Passkeys, the authenticator app, and a session that ends elsewhere, in a browser; no page breaks its own policy."""

import pytest
from playwright.sync_api import Page, expect

from accounts.tests.signing import app_code, give_app, recovery_codes
from realtime.tests.server import Server
from tasks.models import Project, Task
from workspaces.actor import Actor
from workspaces.tests.people import PASSWORD

from .boards import BOARD, ready
from .conftest import Enter

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
DEVICE = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True,
    "automaticPresenceSimulation": True,
}  # fmt: skip


@pytest.fixture
def named(live: Server) -> dict[str, str]:
    """Passkeys belong to a name: the same server by that of this machine."""
    return {"base_url": f"http://localhost:{live.port}"}


def sign_in(page: Page, who: Actor) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("E-mail").fill(who.user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def sign_out(page: Page) -> None:
    page.goto("/accounts/logout/")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("/")


def test_a_passkey_is_added_signs_in_and_is_a_second_step(enter: Enter, alice: Actor, named: dict[str, str]) -> None:
    page = enter(None, **named)
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    sign_in(page, alice)
    page.goto("/profile/security/")
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Name").fill("Blue key")
    page.get_by_role("button", name="Add passkey").click()
    expect(page.get_by_role("heading", name="Your recovery codes")).to_be_visible()
    page.goto("/profile/security/")
    expect(page.get_by_text("Blue key")).to_be_visible()
    sign_out(page)

    page.goto("/accounts/login/?next=/w/acme/members/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("heading", name="Members")).to_be_visible()
    sign_out(page)

    sign_in(page, alice)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.locator("#sidebar")).to_be_visible()


def test_the_app_and_then_a_recovery_code(enter: Enter, alice: Actor) -> None:
    give_app(alice.user)
    spare = recovery_codes(alice.user)[0]
    for code in (app_code, lambda: spare):
        page = enter()
        sign_in(page, alice)
        page.get_by_label("Code").fill(code())
        page.get_by_role("button", name="Sign in", exact=True).click()
        expect(page.locator("#sidebar")).to_be_visible()
    page.goto("/profile/security/")
    page.get_by_role("link", name="Show").click()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    expect(page.locator(".codes s")).to_have_count(1)


def test_a_session_that_is_ended_elsewhere_is_out_at_once(
    enter: Enter, alice: Actor, project: Project, cards: list[Task]
) -> None:
    here, there = enter(), enter(fine=("401",))
    for page in (here, there):
        sign_in(page, alice)
        expect(page.locator("#sidebar")).to_be_visible()
    there.goto(BOARD)
    ready(there)
    here.goto("/profile/sessions/")
    here.get_by_role("button", name="Sign out", exact=True).click()
    expect(here.get_by_text("This device")).to_be_visible()
    expect(there.get_by_role("alert")).to_contain_text("You are signed out.")
    there.goto("/profile/")
    expect(there.get_by_role("heading", name="Sign in")).to_be_visible()
