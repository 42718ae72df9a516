"""Off means no trace: no page of a workspace without the AI has a word of it outside Settings, nor one of somebody who has it off."""

import re

import pytest

from flowboard.tests.matrix.pages import ANSWERS
from tasks.actions import create_comment
from tasks.models import Project, Task
from workspaces.actor import Actor
from workspaces.tests.people import browser

from .rows import switch_on

WORDS = re.compile(r"\bAI\b|/ai/|\bai_|#sparkles|\"ai[-:.]", re.ASCII)
HERE = ("settings/", "ai/", "audit/")  # Settings and what it leads to
SLOTS = {"key": "FLOW", "ref": "FLOW-1"}


def pages() -> list[str]:
    """Every page that can be read with these slots alone."""
    asked = [name.removeprefix("get ") for name in ANSWERS if name.startswith("get ")]
    return [path for path in asked if not path.startswith(HERE) and set(re.findall(r"\{(\w+)\}", path)) <= set(SLOTS)]


def traces(by: Actor) -> list[str]:
    client, found = browser(by), []
    for path in pages():
        answer = client.get(f"/w/acme/{path.format(**SLOTS)}", {"q": "One"} if path == "search/" else {"name": "New"})
        assert answer.status_code == 200, path
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


def test_the_words_are_there_where_it_is_on(alice: Actor, project: Project, cards: list[Task]) -> None:
    switch_on(alice)
    assert any(
        WORDS.search(browser(alice).get(f"/w/acme/{path.format(**SLOTS)}").content.decode())
        for path in pages()
        if "{" in path or not path
    )
