"""A card goes to another project and comes back, and one is put away as a duplicate: from the menu, by mouse and keys."""

import pytest
from playwright.sync_api import expect

from tasks.actions import create_project
from tasks.models import Project, Task
from workspaces.actor import Actor

from .boards import settled
from .conftest import Enter

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def test_who_would_see_it_is_asked_and_undo_brings_it_back(
    enter: Enter, alice: Actor, bob: Actor, cards: list[Task]
) -> None:
    hush = create_project(alice, name="Hush", key="HUSH", private=True)
    page = settled(enter(alice, "/w/acme/t/FLOW-1/"))
    for project, asked in ((hush, ""), (cards[0].project, "Bob will see this task.")):
        page.locator("#pane-more").click()
        page.get_by_role("menuitem", name="Move to another project").click()
        sheet = page.get_by_role("dialog", name="to another project")
        sheet.locator("select").select_option(project.key)
        sheet.get_by_role("button", name="Move").press("Enter")
        if asked:
            expect(page.get_by_text(asked)).to_be_visible()
            page.get_by_role("button", name="Move it").click()
        expect(page.locator("#pane")).to_have_attribute("data-key", project.key)
        expect(sheet).to_have_count(0)
    page.get_by_role("region", name="Notices").get_by_role("button", name="Undo").last.click()
    expect(page.locator("#pane")).to_have_attribute("data-ref", "HUSH-1")


def test_a_duplicate_is_put_away(enter: Enter, alice: Actor, project: Project, cards: list[Task]) -> None:
    page = settled(enter(alice, "/w/acme/t/FLOW-1/"))
    page.locator("#pane-more").click()
    page.get_by_role("menuitem", name="Mark as a duplicate").click()
    sheet = page.get_by_role("dialog", name="is a duplicate")
    sheet.get_by_label("Of which task").fill("flow-2")
    page.keyboard.press("Enter")
    expect(page.locator("#pane")).to_contain_text("This task is archived.")
    expect(sheet).to_have_count(0)
