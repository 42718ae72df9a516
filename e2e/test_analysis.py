"""The AI says how a project stands: asked on the Insights, followed, stopped, and read with what each sentence rests on."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from ai.tests.provider import Provider
from ai.tests.rows import switch_on
from ai.tests.workers import work_newest
from tasks.actions import create_task
from tasks.models import Project
from workspaces.actor import Actor

from .boards import settled
from .conftest import Enter

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def test_a_project_is_asked_about(enter: Enter, alice: Actor, bob: Actor, project: Project, provider: Provider) -> None:
    switch_on(alice)
    due = timezone.localdate() - timedelta(days=3)
    create_task(alice, project, title="Ship it", due=due, assignees=[bob.user])
    said = [
        {"text": "FLOW-1 is 3 days late and with Bob.", "cites": ["FLOW-1"]},
        {"text": "All the rest is fine.", "cites": []},
    ]
    provider.says(json.dumps({"sentences": said}))
    page = settled(enter(alice, "/w/acme/p/FLOW/insights/"))
    answer = page.locator("#analysis")
    page.get_by_label("Question").fill("What's late?")
    page.keyboard.press("Enter")
    expect(answer).to_contain_text("Waiting for a free worker")
    answer.get_by_role("button", name="Cancel").click()
    expect(answer).to_contain_text("Cancelled.")

    page.get_by_role("button", name="Ask", exact=True).click()
    expect(answer.get_by_role("progressbar")).to_be_visible()
    work_newest(alice)
    expect(answer).to_contain_text("FLOW-1 is 3 days late and with Bob.")
    expect(answer).to_contain_text("What's late?")
    expect(answer).to_contain_text("1 sentence left out")
    expect(answer.get_by_role("link", name="FLOW-1")).to_have_attribute("href", "/w/acme/t/FLOW-1/")
    page.reload()
    expect(answer).to_contain_text("FLOW-1 is 3 days late and with Bob.")

    provider.breaks("500", "500", "500")
    page.get_by_label("Question").fill("And now?")
    page.keyboard.press("Enter")
    expect(answer.get_by_role("progressbar")).to_be_visible()
    work_newest(alice)
    expect(answer).to_contain_text("The facts stand without it.")
    expect(answer.get_by_role("link", name="is late: due")).to_be_visible()
