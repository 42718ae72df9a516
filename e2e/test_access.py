"""Pages that everybody can use: no serious fault found by axe, in light and in dark."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tasks.actions import add_checklist_item, create_comment, create_label, update_task
from tasks.models import Project, Task
from workspaces.actor import Actor

from .boards import BOARD, settled
from .conftest import Enter

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
AXE = (Path(__file__).parents[1] / "node_modules/axe-core/axe.min.js").read_text()
PAGES = [BOARD, "/w/acme/t/FLOW-1/", "/w/acme/p/FLOW/list/", "/w/acme/", "/w/acme/members/", "/w/acme/settings/", "/w/acme/activity/", "/w/acme/p/FLOW/settings/", "/profile/", "/profile/security/", "/profile/sessions/", "/w/acme/settings/security/"]  # fmt: skip


# one rule takes the initials on an avatar, hidden from screen readers, for a part of its button's words
def faults(page: Page) -> list[str]:
    settled(page).evaluate(AXE)
    found: list[dict[str, Any]] = page.evaluate(
        "axe.run({ resultTypes: ['violations'], rules: { 'label-content-name-mismatch': { enabled: false } } }).then((found) => found.violations)"
    )
    return [
        f"{page.url} {one['id']}: {node['html'][:160]} {node['any'][0]['message'] if node['any'] else ''}"
        for one in found if one["impact"] in ("serious", "critical")
        for node in one["nodes"][:4]
    ]  # fmt: skip


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_serious_fault_in_any_page(
    enter: Enter, alice: Actor, bob: Actor, project: Project, cards: list[Task], theme: str
) -> None:
    labels = [
        create_label(alice, project, name=color, color=color)
        for color in ("red", "yellow", "lime", "sky", "pink", "gray")
    ]
    task = update_task(alice, cards[0], assignees=[alice.user, bob.user], labels=labels, priority=4, due=date(2020, 1, 31), description="Some **words** and `code`, [a link](https://example.com)")  # fmt: skip
    add_checklist_item(alice, task, text="A line")
    create_comment(bob, task, body="> Quoted\n\nand answered")
    page = enter(alice, color_scheme=theme, reduced_motion="reduce")
    found = []
    for path in PAGES:
        page.goto(path)
        found += faults(page)
    page.goto(BOARD)
    page.locator(".card").first.click()
    page.locator("#pane").wait_for()
    found += faults(page)
    outside = enter(None, color_scheme=theme)
    for path in ("/", "/accounts/login/", "/accounts/signup/", "/accounts/login/code/"):
        outside.goto(path)
        found += faults(outside)
    assert not found, "\n".join(found)
