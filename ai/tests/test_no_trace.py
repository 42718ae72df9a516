"""Off means no trace: no page of a workspace without the AI has a word of it outside Settings, nor one of somebody who has it off."""

import re

import pytest

from flowboard.tests.matrix.pages import ANSWERS
from tasks.actions import create_comment
from tasks.models import Project, Task
from workspaces import tenancy
from workspaces.actions import create_role
from workspaces.actor import Actor
from workspaces.models import Membership, Role
from workspaces.tests.people import browser

from .rows import switch_on

WORDS = re.compile(r"\bAI\b|/ai/|\bai_|#sparkles|\"ai[-:.]", re.ASCII)
HERE = ("settings/", "ai/", "audit/", "billing/")  # Settings and what it leads to; plans say what they include
SLOTS = {"key": "FLOW", "ref": "FLOW-1"}


def pages() -> list[str]:
    """Every page that can be read with these slots alone."""
    asked = [name.removeprefix("get ") for name in ANSWERS if name.startswith("get ")]
    return [path for path in asked if not path.startswith(HERE) and set(re.findall(r"\{(\w+)\}", path)) <= set(SLOTS)]


def traces(by: Actor) -> list[str]:
    client, found = browser(by), []
    for path in pages():
        answer = client.get(f"/w/acme/{path.format(**SLOTS)}", {"q": "One"} if path == "search/" else {"name": "New"})
        assert answer.status_code in (200, 403), path  # a member makes no rules
        found += [f"{path}: {hit}" for hit in WORDS.findall(answer.content.decode())]
    return found


@pytest.mark.parametrize("on", [False, True])
def test_no_word_of_it_where_it_is_off(alice: Actor, bob: Actor, project: Project, cards: list[Task], on: bool) -> None:
    """Where it is on it is on for Alice, and Bob has it off."""
    create_comment(alice, cards[0], body="Look")
    if on:
        switch_on(alice)
    assert len(pages()) > 10
    assert traces(bob if on else alice) == []
    assert ("/settings/ai/" in browser(bob).get("/w/acme/settings/").content.decode()) is on


LINK = re.compile(r'<a[^>]*href="/w/acme/settings/ai/".*?</a>', re.DOTALL)  # to the switch
UNSEEN = re.compile(r'<input type="hidden" name="permissions"[^>]*>')


def words_on(by: Actor, path: str) -> list[str]:
    answer = browser(by).get(f"/w/acme/{path}", headers={"accept": "text/html"})
    assert answer.status_code == 200, path
    return WORDS.findall(UNSEEN.sub("", LINK.sub("", answer.content.decode())))


def looked_at(alice: Actor, bob: Actor, own: Role) -> dict[str, list[str]]:
    """The pages of Settings that name permissions, scopes, events and doors."""
    with tenancy.workspace(alice.workspace.pk, atomic=True):
        member = Membership.objects.within(alice.workspace).get(user=bob.user)
        guest = Role.objects.within(alice.workspace).get(key="guest")
    paths = (
        "settings/", "settings/roles/", "settings/roles/new/?copy=member", f"settings/roles/{own.pk}/", f"settings/roles/{guest.pk}/",
        f"members/{member.pk}/role/?role=guest", "settings/tokens/", "settings/notifications/", "settings/support/", "audit/",
    )  # fmt: skip
    return {path: words_on(alice, path) for path in paths} | {
        f"{path} as a member": words_on(bob, path) for path in ("settings/roles/", "settings/tokens/")
    }


def test_settings_name_nothing_of_it_before_it_is_switched_on(alice: Actor, bob: Actor) -> None:
    own = create_role(alice, name="Own", level=20, permissions=["task.edit", "ai.use"])
    assert not [path for path, words in looked_at(alice, bob, own).items() if words]
    switch_on(alice)
    there = {path for path, words in looked_at(alice, bob, own).items() if words}
    assert {
        "settings/roles/",
        "settings/roles/new/?copy=member",
        f"settings/roles/{own.pk}/",
        "settings/tokens/",
        "audit/",
    } <= there
    assert len([path for path in there if path.startswith("members/")]) == 1


def test_what_a_role_may_of_it_stays_while_it_is_not_shown(alice: Actor) -> None:
    own = create_role(alice, name="Own", level=20, permissions=["task.edit", "ai.use"])
    page = browser(alice).get(f"/w/acme/settings/roles/{own.pk}/").content.decode()
    sent = re.findall(r'hidden" name="permissions" value="([a-z.]+)"', page) + re.findall(
        r'value="([a-z.]+)" checked', page
    )
    assert sorted(sent) == ["ai.use", "task.edit"]
    said = {"name": "Ours", "level": "20", "permissions": sent}
    assert browser(alice).post(f"/w/acme/settings/roles/{own.pk}/", said).status_code == 302
    with tenancy.workspace(alice.workspace.pk, atomic=True):
        assert Role.objects.within(alice.workspace).get(pk=own.pk).allowed == {"ai.use", "task.edit"}


def test_the_words_are_there_where_it_is_on(alice: Actor, project: Project, cards: list[Task]) -> None:
    switch_on(alice)
    assert any(
        WORDS.search(browser(alice).get(f"/w/acme/{path.format(**SLOTS)}").content.decode())
        for path in pages()
        if "{" in path or not path
    )
