"""Words for the editor: what is asked of the model, who may ask, and how what was taken over is marked."""

import re
from collections.abc import Callable
from typing import Any

import orjson
import pytest
from django.test import Client

from ai.links import with_known_links
from ai.models import Proposal
from ai.writing import HOW
from tasks.actions import create_comment, update_task
from tasks.models import Comment, Project, Task
from workspaces import tenancy
from workspaces.actions import create_token
from workspaces.actor import Actor
from workspaces.models import ChangeSet
from workspaces.tests.people import Program, browser

from .provider import Provider
from .rows import switch_on, used

API = "/api/v1/workspaces/acme/ai/complete/"
PAGE = "/w/acme/ai/write/"
Ask = Callable[..., Any]


def test_links_are_those_that_were_there() -> None:
    given = {"text": "See https://example.com/a?b=1, or [the guide](https://docs.example.com/x)."}
    kept = "Again: https://example.com/a?b=1. <b>x</b> [guide](https://docs.example.com/x), ![no](/w/acme/1)"
    assert with_known_links(kept, given) == kept.replace("![no](/w/acme/1)", "no")
    strange = "[open](https://evil.example/?q=1) ![](https://evil.example/p.png)\n\n[a]: https://evil.example/\nat https://evil.example/q."
    assert with_known_links(strange, given) == "open \n\n\nat ."
    for scheme in ("ftp://", "javascript:", "data:text/", "mailto:", "www."):
        said = f"[a]({scheme}evil) htt[ps://evil.example/](b) {scheme}evil"
        assert with_known_links(said, given).split() == ["a"]


@pytest.fixture
def card(alice: Actor, cards: list[Task]) -> Task:
    """FLOW-1, with a description and two comments."""
    task = update_task(alice, cards[0], description="The login form loses the name.")
    create_comment(alice, task, body="Since Monday.")
    create_comment(alice, task, body="Only in Firefox.")
    return task


@pytest.fixture
def ask(alice: Actor, ai_on: Provider) -> Ask:
    """By a program of Alice's."""
    program = Program(alice)
    return lambda **body: program.post(API, body)


def test_what_is_put_in_other_words_may_be_about_as_long(ask: Ask, ai_on: Provider) -> None:
    text = "word " * 100
    for body, most in (
        ({"purpose": "write.rewrite", "how": "shorter"}, 450), ({"purpose": "write.rewrite", "how": "longer"}, 700),
        ({"purpose": "write.translate", "language": "German"}, 1200),
    ):  # fmt: skip
        ask(text=text, **body)
        assert ai_on.asked[-1].max_output == most
    ask(purpose="write.rewrite", how="shorter", text=text * 40)
    assert ai_on.asked[-1].max_output == 4000


def test_a_draft_is_written_from_the_task(ask: Ask, card: Task, ai_on: Provider, alice: Actor) -> None:
    ai_on.says("Steps to **reproduce** it.")
    said = ask(purpose="write.draft", task="FLOW-1", wanted="Steps to reproduce").json()
    assert said["text"] == "Steps to **reproduce** it."
    data = ai_on.asked[-1].data
    assert (data["wanted"], data["place"], data["task"]["title"]) == ("Steps to reproduce", "description", "One")
    assert [one["text"] for one in data["comments"]] == ["Since Monday.", "Only in Firefox."]
    usage = said["usage"]
    assert usage["sent"] == [
        "what you asked for", "title, description, status of FLOW-1", "2 comments on FLOW-1, with their authors' names",
    ]  # fmt: skip
    (row,) = used(alice)
    assert (str(row.pk), row.purpose, row.input_tokens) == (usage["id"], "write.draft", usage["input_tokens"])


def test_a_link_that_nobody_gave_is_taken_out(ask: Ask, card: Task, ai_on: Provider) -> None:
    ai_on.says("Look [here](https://evil.example/?q=FLOW-1).")
    assert ask(purpose="write.draft", task="FLOW-1", wanted="x").json()["text"] == "Look here."


def test_a_text_is_rewritten_and_translated_alone(ask: Ask, card: Task, ai_on: Provider) -> None:
    assert ask(purpose="write.rewrite", text="Its broken.", how="fix").status_code == 200
    assert ai_on.asked[-1].data == {"text": "Its broken.", "how": HOW["fix"]}
    assert ask(purpose="write.translate", task="FLOW-1", text="Broken.", language="Deutsch").status_code == 200
    assert ai_on.asked[-1].data == {"text": "Broken.", "language": "Deutsch"}


def test_a_thread_is_summarised_and_known_until_somebody_goes_on(
    ask: Ask, card: Task, ai_on: Provider, bob: Actor
) -> None:
    first = ask(purpose="write.summarise", task="FLOW-1").json()
    again = ask(purpose="write.summarise", task="FLOW-1").json()
    assert again["text"] == first["text"] and again["usage"]["cached_at"] and len(ai_on.asked) == 1
    assert ask(purpose="write.summarise", task="FLOW-1", again=True).json()["usage"]["cached_at"] is None
    create_comment(bob, card, body="In Chromium, too.")
    ask(purpose="write.summarise", task="FLOW-1")
    assert [one["text"] for one in ai_on.asked[-1].data["comments"]][-1] == "In Chromium, too."


WRONG: tuple[tuple[dict[str, Any], str], ...] = (
    ({"purpose": "write.poem"}, "purpose"),
    ({"purpose": "write.draft"}, "wanted"),
    ({"purpose": "write.draft", "wanted": "x", "tone": "loud"}, "tone"),
    ({"purpose": "write.rewrite", "text": "x"}, "how"),
    ({"purpose": "write.rewrite", "text": " ", "how": "fix"}, "text"),
    ({"purpose": "write.translate", "text": "x"}, "language"),
    ({"purpose": "write.summarise"}, "task"),
    ({"purpose": "write.summarise", "task": "FLOW-2"}, "task"),
)


def test_what_is_missing_is_named(ask: Ask, card: Task, ai_on: Provider) -> None:
    for body, field in WRONG:
        answer = ask(**body)
        assert answer.status_code in (400, 422) and list(answer.json()["errors"]) == [field], body
        assert answer["Content-Type"] == "application/problem+json"
    assert not ai_on.asked


def test_the_model_reads_with_the_eyes_of_who_asks(
    ai_on: Provider, card: Task, alice: Actor, bob: Actor, gus: Actor, eve: Actor
) -> None:
    said = {"purpose": "write.summarise", "task": "FLOW-1"}
    assert browser(eve).post(PAGE, said).status_code == 404
    assert browser(gus).post(PAGE, said).status_code == 403
    assert browser(bob).post(PAGE, said | {"task": "FLOW-99"}).status_code == 404
    narrow = Client(headers={"authorization": f"Token {create_token(alice, name='ai', scopes=['ai:write'])[1]}"})
    answer = narrow.post(API, orjson.dumps(said), content_type="application/json")
    assert answer.status_code == 403 and answer.json()["scope"] == "tasks:read"
    assert not ai_on.asked


def test_a_guest_has_it_where_the_workspace_says_so_and_sees_no_more(
    provider: Provider, card: Task, alice: Actor, gus: Actor
) -> None:
    switch_on(alice, gus, guests=True)
    assert browser(gus).post(PAGE, {"purpose": "write.rewrite", "text": "x", "how": "fix"}).status_code == 200
    assert browser(gus).post(PAGE, {"purpose": "write.summarise", "task": "FLOW-1"}).status_code == 404


def test_off_for_the_workspace_or_the_person_is_off(provider: Provider, card: Task, alice: Actor, bob: Actor) -> None:
    said = {"purpose": "write.summarise", "task": "FLOW-1"}
    assert browser(alice).post(PAGE, said).status_code == 403
    switch_on(alice)
    assert browser(bob).post(PAGE, said).status_code == 403
    assert not provider.asked


def test_a_session_needs_its_csrf_token(ai_on: Provider, card: Task, alice: Actor) -> None:
    client = Client(enforce_csrf_checks=True)
    client.cookies = browser(alice).cookies
    said = {"purpose": "write.summarise", "task": "FLOW-1"}
    assert client.post(PAGE, said).status_code == 403
    assert client.post(API, orjson.dumps(said), content_type="application/json").status_code == 403
    assert not ai_on.asked


def test_a_key_asks_once(ai_on: Provider, alice: Actor, project: Project) -> None:
    program, body = Program(alice), {"purpose": "write.rewrite", "text": "x", "how": "fix"}
    statuses = [program.post(API, body, idempotency_key="1").status_code for _ in range(2)]
    assert statuses == [200, 409] and len(ai_on.asked) == 1


def test_a_model_that_is_down_says_so(ask: Ask, ai_on: Provider, card: Task) -> None:
    ai_on.breaks("500", "500", "500")
    answer = ask(purpose="write.summarise", task="FLOW-1")
    assert answer.status_code == 503 and answer["Content-Type"] == "application/problem+json"
    assert answer["Content-Security-Policy"] and answer["Retry-After"]


# what was taken over


def test_a_description_that_was_taken_over_is_marked(ai_on: Provider, card: Task, alice: Actor) -> None:
    client = browser(alice)
    usage = client.post(PAGE, {"purpose": "write.draft", "task": "FLOW-1", "wanted": "x"}).json()["usage"]["id"]
    assert client.post("/w/acme/t/FLOW-1/", {"description": "Written.", "ai": usage}).status_code == 204
    with tenancy.workspace(alice.workspace.pk, atomic=True):
        made = Proposal.objects.within(alice.workspace).select_related("change").get()
        assert (str(made.usage_id), made.change.kind, made.change.state) == (usage, "ai", "applied")
        assert made.change.rows.get().via == "web"
    page = client.get("/w/acme/t/FLOW-1/").content.decode()
    assert page.count("with AI") >= 1
    assert '<span class="badge">AI</span>' in client.get("/w/acme/activity/").content.decode()


def test_a_comment_that_was_taken_over_says_so(ai_on: Provider, card: Task, alice: Actor, bob: Actor) -> None:
    client = browser(bob)
    usage = client.post(PAGE, {"purpose": "write.summarise", "task": "FLOW-1"}).json()["usage"]["id"]
    assert client.post("/w/acme/t/FLOW-1/comments/", {"body": "In short.", "ai": usage}).status_code == 204
    assert client.get("/w/acme/t/FLOW-1/").content.decode().count("written with AI") == 1


def test_only_ones_own_receipt_marks_anything(ai_on: Provider, card: Task, alice: Actor, bob: Actor) -> None:
    theirs = browser(bob).post(PAGE, {"purpose": "write.summarise", "task": "FLOW-1"}).json()["usage"]["id"]
    client = browser(alice)
    for key in (theirs, "nonsense"):
        answer = client.post("/w/acme/t/FLOW-1/comments/", {"body": "x", "ai": key}, headers={"HX-Request": "true"})
        assert answer.status_code == 422 and "ai" in orjson.loads(answer["HX-Trigger"])["flowboard:refused"]["fields"]
    with tenancy.workspace(alice.workspace.pk, atomic=True):
        assert Comment.objects.within(alice.workspace).count() == 2
        assert not ChangeSet.objects.within(alice.workspace).filter(kind="ai").exists()


def test_what_changes_nothing_is_not_marked(ai_on: Provider, card: Task, alice: Actor) -> None:
    client = browser(alice)
    usage = client.post(PAGE, {"purpose": "write.summarise", "task": "FLOW-1"}).json()["usage"]["id"]
    assert client.post("/w/acme/t/FLOW-1/", {"description": card.description, "ai": usage}).status_code == 204
    with tenancy.workspace(alice.workspace.pk, atomic=True):
        assert not Proposal.objects.within(alice.workspace).exists()


# the editor


def test_the_editor_offers_it_to_who_has_it(ai_on: Provider, card: Task, alice: Actor) -> None:
    page = browser(alice).get("/w/acme/t/FLOW-1/").content.decode()
    assert page.count('popovertarget="write-menu"') == 4 and page.count("<flow-write") == 1
    assert {how for how in HOW if f'data-how="{how}"' in page} == set(HOW)


def test_without_it_no_page_has_a_word_of_it(card: Task, alice: Actor) -> None:
    page = browser(alice).get("/w/acme/t/FLOW-1/").content.decode()
    assert not re.search(r"<flow-write|write-menu|\bAI\b", page)
