"""A server on the test's database, one Chromium, and people at their desks who see no error of any kind."""

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from playwright.sync_api import Browser, ConsoleMessage, Dialog, Page, expect, sync_playwright

from ai.tests.provider import Provider
from realtime.tests.server import Server, server, session_key
from workspaces.actor import Actor

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = (
    "true"  # Playwright keeps an event loop in this thread; the tests' own reads are plain
)
FLAGS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
TELL = "addEventListener('securitypolicyviolation', (e) => console.error('CSP', e.violatedDirective, e.blockedURI, e.sample))"
BUSY = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend' AND state <> 'idle'
"""
expect.set_options(timeout=15_000)  # a busy machine; nothing is measured by it

Enter = Callable[..., Page]


@pytest.fixture(scope="session")
def mails(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that mail is written to."""
    return tmp_path_factory.mktemp("mails")


@pytest.fixture(scope="session")
def live(django_db_setup: None, mails: Path, one_provider: Provider) -> Iterator[Server]:
    """One web process for all tests in a browser; the model that it would ask is the stand-in."""
    os.environ["EMAIL_URL"] = f"filemail:///{mails}"  # environ takes one slash away
    os.environ |= {"AI_PROVIDER": "openai", "AI_MODEL": "demo", "AI_API_KEY": "key", "AI_BASE_URL": one_provider.url}
    with server() as up:
        yield up


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        yield browser
        browser.close()


class Desk:
    """Browsers of a test, and what went wrong in them."""

    def __init__(self, chromium: Browser, live: Server) -> None:
        self.chromium, self.live = chromium, live
        self.pages: list[Page] = []
        self.faults: list[str] = []
        self.closed = False

    def open(self, who: Actor | None = None, path: str = "", *, fine: tuple[str, ...] = (), **options: Any) -> Page:
        """A browser of its own, signed in as `who`; `fine` are words of console errors that belong to the test."""
        context = self.chromium.new_context(
            **{"base_url": f"http://{self.live.host}", "viewport": {"width": 1440, "height": 900}} | options
        )
        if who:
            context.add_cookies([{"name": "sessionid", "value": session_key(who), "url": f"http://{self.live.host}"}])
        context.add_init_script(TELL)
        page = context.new_page()
        page.on("pageerror", lambda error: self.closed or self.faults.append(f"{page.url}: {error}"))
        page.on("console", lambda message: self._heard(page, message, fine))
        page.on("dialog", self._asked)
        self.pages.append(page)
        if path:
            page.goto(path)
        return page

    def _heard(self, page: Page, message: ConsoleMessage, fine: tuple[str, ...]) -> None:
        words = f"{message.text} {message.location.get('url', '')}"
        if not self.closed and message.type == "error" and not any(part in words for part in fine):
            self.faults.append(f"{page.url}: {words}")

    def _asked(self, dialog: Dialog) -> None:
        self.faults.append(f"a dialog: {dialog.message}")
        dialog.accept()

    def close(self) -> None:
        """No last request of a page that goes may meet the tables being emptied."""
        self.closed = True
        for page in self.pages:
            page.context.set_offline(True)
            page.context.close()
        wait_until_idle()


def wait_until_idle() -> None:
    """Requests that the server has begun may still be at work: two looks in a row must find none, within five seconds."""
    quiet, deadline = 0, time.monotonic() + 5
    while quiet < 2 and time.monotonic() < deadline:
        with connections["owner"].cursor() as cursor:
            cursor.execute(BUSY)
            quiet = 0 if cursor.fetchone()[0] else quiet + 1
        time.sleep(0.05)


@pytest.fixture
def enter(chromium: Browser, live: Server, transactional_db: None) -> Iterator[Enter]:
    """`enter(alice, "/w/acme/")`: a page in a browser of her own. At the end no console error and no CSP violation may be there."""
    desk = Desk(chromium, live)
    yield desk.open
    desk.close()
    assert not desk.faults
