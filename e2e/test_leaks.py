"""Whatever a model writes in a proposal, a suggestion or an answer about a project, looking at it asks nobody outside for anything."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, Request, expect

from ai.actions.analysis import start_analysis
from ai.actions.breakdown import start_breakdown
from ai.actions.triage import start_triage
from ai.tests.provider import Provider
from ai.tests.rows import switch_on
from ai.tests.workers import work, work_newest
from realtime.tests.server import Server
from tasks.actions import create_label, create_task
from tasks.models import Project
from workspaces.actor import Actor

from .boards import BOARD, ready, settled
from .conftest import Enter
from .payloads import HIDDEN, LEAKS, PAYLOADS
from .test_words import clean

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def parts(asked: Any) -> str:
    """Each payload in a title, a because and a description, with what nobody sees in between."""
    said = [
        {"title": f"{LEAKS[place]}{HIDDEN}"[:200], "because": f"{LEAKS[place + 20]} {PAYLOADS[place]}"[:300],
         "description": "\n\n".join([*LEAKS[place::20], *PAYLOADS[place::20], HIDDEN])[:4000]}
        for place in range(20)
    ]  # fmt: skip
    return json.dumps({"tasks": said})


def seen(page: Page) -> None:
    """What the page shows: no script of the payloads has run, and nothing unseen stands in it."""
    page.wait_for_load_state("networkidle")
    clean(page)
    text = page.locator("body").inner_text()
    assert not [mark for mark in HIDDEN if mark in text]


def test_sixty_payloads_ask_nobody(
    enter: Enter, live: Server, alice: Actor, project: Project, provider: Provider
) -> None:
    assert len(LEAKS) >= 60
    switch_on(alice)
    create_label(alice, project, name="Bug")
    leaky = create_task(
        alice, project, title=LEAKS[0], description="\n\n".join(LEAKS), due=timezone.localdate() - timedelta(days=2)
    )
    provider.says(parts)
    foreign: list[str] = []

    def heard(request: Request) -> None:
        if not request.url.startswith((f"http://{live.host}/", "data:")):
            foreign.append(request.url)

    page = enter(alice)
    page.on("request", heard)
    for run in (start_breakdown(alice, leaky), start_breakdown(alice, project, pasted="Nothing of it stands here.")):
        work(alice.workspace.pk, run.pk)
        page.goto(f"/w/acme/ai/runs/{run.pk}/")
        page.get_by_role("link", name="Look at the proposal").click()
        expect(page.locator(".review-group").nth(14)).to_be_visible()  # a title that was nothing but a link is no part
        for fold in page.locator(".shift-long summary").all():
            fold.click()
        seen(page)
        page.locator("[data-apply]").click()
        expect(page.get_by_text("All of it was applied by Alice")).to_be_visible()
        seen(page)
    assert page.locator("a[href*='evil']").count() == 0

    seen(ready(_at(page, BOARD)))
    for number in range(2, 30):
        page.goto(f"/w/acme/t/FLOW-{number}/")
        clean(page)
    assert page.locator("a[href*='evil.example']").count() == 0  # of the second, whose links stood nowhere

    provider.says(json.dumps({"suggestions": [{"field": "label", "value": "Bug", "because": LEAKS[3] + HIDDEN}]}))
    start_triage(alice, leaky, again=True)
    work_newest(alice)
    settled(_at(page, "/w/acme/t/FLOW-1/"))
    expect(page.locator(".triage-rows")).to_be_visible()
    seen(page)

    sentences = [{"text": f"FLOW-1 is late {leak}"[:400], "cites": ["FLOW-1"]} for leak in LEAKS[:10]]
    provider.says(json.dumps({"sentences": [*sentences, {"text": f"FLOW-1 is late{HIDDEN}.", "cites": ["FLOW-1"]}]}))
    start_analysis(alice, project)
    work_newest(alice)
    settled(_at(page, "/w/acme/p/FLOW/insights/"))
    expect(page.locator("#analysis .analysis-said li")).to_have_count(1)
    seen(page)
    assert foreign == []


def _at(page: Page, path: str) -> Page:
    page.goto(path)
    return page
