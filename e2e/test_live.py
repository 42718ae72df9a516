"""Two people on one board."""

import pytest
from playwright.sync_api import Route, expect

from tasks.actions import create_comment, move_task, update_task
from tasks.models import Project, Task
from tasks.tests.boards import add
from tasks.tests.boards import column as status
from workspaces import tenancy
from workspaces.actions import remove_member
from workspaces.actor import Actor
from workspaces.models import Membership

from .boards import BOARD, card, carry, column, ready, titles
from .conftest import Enter

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def test_two_people_see_each_others_drag_without_a_reload(
    enter: Enter, alice: Actor, bob: Actor, project: Project, cards: list[Task]
) -> None:
    hers, his = ready(enter(alice, BOARD)), ready(enter(bob, BOARD))
    for page in (hers, his):
        page.evaluate("window.sameDocument = true")
    carry(hers, card(hers, "One"), column(hers, "In progress"))
    expect(titles(his, "In progress")).to_have_text(["One"], timeout=5_000)
    expect(card(his, "One").locator(".card-by")).to_have_text("Alice")
    carry(his, card(his, "Two"), column(his, "Done"))
    expect(titles(hers, "Done")).to_have_text(["Two"], timeout=5_000)
    assert hers.evaluate("window.sameDocument") and his.evaluate("window.sameDocument")


def test_a_part_that_the_server_could_not_bring_is_asked_for_again(
    enter: Enter, alice: Actor, bob: Actor, project: Project, cards: list[Task]
) -> None:
    page = ready(enter(alice, BOARD, fine=("503", "ERR_FAILED")))
    faults = ["busy", "cut"]

    def answer(route: Route) -> None:
        if "x-fragments" not in route.request.headers or not faults:
            route.continue_()
        elif faults.pop(0) == "busy":
            route.fulfill(status=503, body="busy")
        else:
            route.abort()

    page.route("**/board/**", answer)
    move_task(bob, cards[0], to=status(project, "Done"))
    expect(titles(page, "Done")).to_have_text(["One"], timeout=10_000)
    assert not faults


def test_what_is_being_written_survives_what_others_save(
    enter: Enter, alice: Actor, bob: Actor, project: Project, cards: list[Task]
) -> None:
    page = ready(enter(alice, BOARD, fine=("409",)))
    card(page, "One").click()
    page.get_by_role("button", name="Add a description").click()
    words = page.get_by_role("textbox", name="Description")
    words.fill("Half a sentence of Alice")
    task = update_task(bob, cards[0], description="What Bob has saved")
    create_comment(bob, task, body="And said so")
    expect(page.locator(".comment .prose").first).to_have_text("And said so")
    expect(words).to_have_value("Half a sentence of Alice")
    expect(page.locator(".stale-note")).to_contain_text("Bob changed this meanwhile")
    words.press("Control+Enter")
    both = page.get_by_role("dialog", name="Two versions of the description")
    expect(both).to_contain_text("What Bob has saved")
    both.get_by_role("button", name="Save").click()
    expect(page.locator("#pane-description .prose").first).to_have_text("Half a sentence of Alice")


def test_without_a_socket_the_page_asks_and_goes_back_to_it(
    enter: Enter, alice: Actor, bob: Actor, project: Project, cards: list[Task]
) -> None:
    back: list[bool] = []
    page = enter(alice, fine=("WebSocket",))
    page.route_web_socket("**/ws/**", lambda socket: socket.connect_to_server() if back else socket.close())
    page.clock.install()
    page.goto(BOARD)
    expect(page.locator("flow-status").first).to_have_attribute("data-state", "offline")
    move_task(bob, cards[2], to=status(project, "Done"))
    add(bob, project, "Four", to="Done")
    page.clock.fast_forward(31_000)
    expect(titles(page, "Done")).to_have_text(["Three", "Four"])
    back.append(True)
    page.clock.fast_forward(46_000)  # the longest pause before it tries the socket again
    expect(page.locator("flow-status").first).to_have_attribute("data-state", "saved")
    add(bob, project, "Five", to="Done")
    expect(titles(page, "Done")).to_have_text(["Three", "Four", "Five"])


def test_a_line_that_died_without_a_word_is_given_up(
    enter: Enter, alice: Actor, bob: Actor, project: Project, cards: list[Task]
) -> None:
    page = enter(alice)
    page.route_web_socket("**/ws/**", lambda socket: None)
    page.clock.install()
    page.goto(BOARD)
    ready(page)
    move_task(bob, cards[2], to=status(project, "Done"))
    page.clock.fast_forward(75_000)
    expect(page.locator("flow-status").first).to_have_attribute("data-state", "offline")
    page.clock.fast_forward(31_000)
    expect(titles(page, "Done")).to_have_text(["Three"])


def test_whoever_is_removed_is_told_at_once(
    enter: Enter, alice: Actor, bob: Actor, project: Project, cards: list[Task]
) -> None:
    page = ready(enter(bob, BOARD))
    with tenancy.workspace(alice.workspace.pk, atomic=True):
        his = Membership.objects.within(alice.workspace).select_related("role", "user", "workspace").get(user=bob.user)
    remove_member(alice, his)
    expect(page.get_by_role("alertdialog")).to_contain_text("You no longer have access to this workspace.")
    page.get_by_role("button", name="Leave this page").click()
    expect(page.get_by_role("heading", name="Name your workspace")).to_be_visible()
