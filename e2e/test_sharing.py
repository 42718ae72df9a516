"""A task is shared from its pane: who gains what is asked first, and the dialog says at once why they see it."""

import pytest
from playwright.sync_api import expect

from tasks.models import Project, Task
from workspaces.actor import Actor

from .boards import BOARD, ready
from .conftest import Enter

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def test_a_task_is_shared_and_seen(enter: Enter, alice: Actor, gus: Actor, project: Project, cards: list[Task]) -> None:
    page = ready(enter(alice, BOARD, fine=("ERR_FAILED",)))
    page.locator(".card").first.click()
    page.get_by_role("link", name="Share, and who can see this").click()
    sheet = page.get_by_role("dialog", name="Who can see FLOW-1, and why")
    sheet.get_by_label("What they may do").select_option("comment_task")
    page.route("**/widening/**", lambda route: route.abort())
    sheet.get_by_role("button", name="Share").click()
    expect(page.locator(".toast", has_text="Nothing was changed")).to_be_visible()
    page.unroute("**/widening/**")
    sheet.get_by_role("button", name="Share").click()
    question = page.get_by_role("alertdialog")
    expect(question).to_contain_text("Gus (guest) will see this task. They may also comment on it.")
    question.get_by_role("button", name="Cancel").click()
    expect(sheet.get_by_text("is shared with them")).to_have_count(0)
    sheet.get_by_role("button", name="Share").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Share").click()
    expect(sheet.get_by_text("This task is shared with them by Alice")).to_be_visible()
    sheet.get_by_role("button", name="Done").click()
    expect(sheet).to_have_count(0)
    guest = ready(enter(gus, BOARD))
    expect(guest.locator(".card")).to_have_count(1)
    expect(guest.locator(".card")).to_contain_text("FLOW-1")
