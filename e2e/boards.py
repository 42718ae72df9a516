"""Words and hands of the tests about a board."""

import time

from playwright.sync_api import Locator, Page, expect

BOARD = "/w/acme/p/FLOW/board/"


def column(page: Page, name: str) -> Locator:
    return page.locator(f'.column[data-name="{name}"]')


def titles(page: Page, name: str) -> Locator:
    return column(page, name).locator(".card .card-title")


def card(page: Page, title: str) -> Locator:
    return page.locator(".card:not(.drag-ghost)", has=page.get_by_role("link", name=title, exact=True))


def until(page: Page, expression: str) -> None:
    """Playwright's own wait_for_function needs `eval`, which the page forbids."""
    deadline = time.monotonic() + 15
    while not page.evaluate(expression):
        assert time.monotonic() < deadline, expression
        page.wait_for_timeout(30)


def settled(page: Page) -> Page:
    """All that the page draws is there: its own elements, its fonts, what it asks for once it is loaded."""
    page.wait_for_load_state()
    until(
        page, "document.fonts.status === 'loaded' && !document.querySelector(':not(:defined), [hx-trigger=load]:empty')"
    )
    return page


def ready(page: Page) -> Page:
    """The board's module is there and the page listens to the socket."""
    until(page, "!!customElements.get('flow-board') && !!customElements.get('flow-status')")
    expect(page.locator("flow-status").first).to_have_attribute("data-state", "saved")
    page.wait_for_load_state("networkidle")
    return page


def carry(page: Page, what: Locator, to: Locator, *, below: bool = False) -> None:
    """By mouse: press, four pixels and more, over to the middle or the foot of `to`, let go."""
    start, end = what.bounding_box(), to.bounding_box()
    assert start and end
    page.mouse.move(start["x"] + 60, start["y"] + 12)
    page.mouse.down()
    page.mouse.move(start["x"] + 72, start["y"] + 16, steps=3)
    page.mouse.move(end["x"] + 80, end["y"] + (end["height"] - 6 if below else min(end["height"] / 2, 60)), steps=8)
    expect(page.locator(".drop-gap")).to_be_visible()
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))")
    page.mouse.up()
