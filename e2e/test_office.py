"""The back-office in a browser: led to a second factor, the morning's page, and a suspension that open boards see at once."""

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from accounts.tests.signing import app_code, give_app
from tasks.models import Project, Task
from workspaces.actor import Actor
from workspaces.tests.people import PASSWORD, make_person

from .boards import BOARD, ready
from .conftest import Enter

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner", "ops"])
# the theme's scripts listen for the end of a page, which our policy switches off
THEME = "Permissions policy violation: unload"
WHY = "mass mailing through invitations"


def make_root() -> User:
    user = make_person("Root")
    user.is_staff = user.is_superuser = True
    user.save()
    return user


def sign_in(page: Page, user: User) -> None:
    page.get_by_label("E-mail").fill(user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def test_the_staff_is_led_to_a_second_factor_and_on(enter: Enter, alice: Actor) -> None:
    user = make_root()
    page = enter(None, "/admin/", fine=(THEME,))
    sign_in(page, user)
    expect(page.get_by_role("heading", name="The back-office asks for a second factor")).to_be_visible()
    page.get_by_role("link", name="Set up an authenticator app").click()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Code").fill(app_code(page.locator("code").inner_text()))
    page.get_by_role("button", name="Switch on").click()
    expect(page.get_by_role("heading", name="Your recovery codes")).to_be_visible()
    page.get_by_role("link", name="I have kept them: go on").click()
    expect(page.get_by_text("New workspaces")).to_be_visible()


def test_a_trial_is_given_on_the_workspaces_page(enter: Enter, alice: Actor) -> None:
    user = make_root()
    give_app(user)
    root = enter(None, f"/admin/workspaces/workspace/{alice.workspace.pk}/change/", fine=(THEME,))
    sign_in(root, user)
    root.get_by_label("Code").fill(app_code())
    root.get_by_role("button", name="Sign in", exact=True).click()
    root.get_by_role("link", name="Grant a trial").click()
    root.get_by_label("Plan").select_option("Pro")
    root.get_by_label("Days").fill("30")
    root.get_by_label("Reason").fill("they try it with a second team")
    root.get_by_role("button", name="Grant a trial").click()
    expect(root.get_by_text("The trial is granted.")).to_be_visible()
    expect(root.get_by_text("Trial ends")).to_be_visible()
    hers = enter(alice, "/w/acme/billing/")
    expect(hers.locator(".billing-plan")).to_have_text("Pro")
    expect(hers.get_by_text("Trial until")).to_be_visible()


def test_a_row_is_shown_for_a_reason_that_the_owner_reads(enter: Enter, alice: Actor, cards: list[Task]) -> None:
    user = make_root()
    give_app(user)
    root = enter(None, f"/admin/tasks/task/{cards[0].pk}/change/", fine=(THEME,))
    sign_in(root, user)
    root.get_by_label("Code").fill(app_code())
    root.get_by_role("button", name="Sign in", exact=True).click()
    expect(root.get_by_role("heading", name="Why do you look?")).to_be_visible()
    root.get_by_role("button", name="Look", exact=True).click()
    expect(root.get_by_text("Say why, in at least 10 characters.")).to_be_visible()
    root.get_by_label("Reason").fill("they cannot open this card")
    root.get_by_role("button", name="Look", exact=True).click()
    expect(root.get_by_text("For an hour you may look at rows of Acme.")).to_be_visible()
    expect(root.get_by_text(cards[0].title).first).to_be_visible()
    hers = enter(alice, "/w/acme/audit/?person=support")
    expect(hers.get_by_text("began to look at rows of the workspace")).to_contain_text("they cannot open this card")


def test_a_suspension_is_seen_at_once_and_lifted(enter: Enter, alice: Actor, bob: Actor, project: Project, cards: list[Task]) -> None:  # fmt: skip
    user = make_root()
    give_app(user)
    his = enter(bob, BOARD)
    ready(his)
    root = enter(None, "/admin/", fine=(THEME,))
    sign_in(root, user)
    root.get_by_label("Code").fill(app_code())
    root.get_by_role("button", name="Sign in", exact=True).click()
    expect(root.get_by_text("New workspaces")).to_be_visible()
    root.goto(f"/admin/workspaces/workspace/{alice.workspace.pk}/change/")
    root.get_by_role("link", name="Suspend").click()
    root.get_by_label("Reason").fill(WHY)
    root.get_by_role("button", name="Suspend").click()
    expect(root.get_by_text("Suspended since").first).to_be_visible()
    expect(his.get_by_text(WHY)).to_be_visible()
    root.get_by_role("link", name="Lift the suspension").click()
    root.get_by_label("Reason").fill("they have stopped it")
    root.get_by_role("button", name="Lift the suspension").click()
    expect(root.get_by_role("link", name="Suspend")).to_be_visible()
    his.reload()
    ready(his)
    expect(his.get_by_text(WHY)).to_have_count(0)
