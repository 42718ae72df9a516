"""Nothing of one workspace in what another's model is sent, answered or kept: canaries in every text, and a model that repeats all it reads."""

from collections.abc import Iterator
from itertools import cycle, islice
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.conf import settings as project_settings

from ai.actions.connections import add_ai_connection
from ai.models import AIAnswer, AIUsage
from ai.providers import wire
from ai.service import AIService, Answer, Ask, complete
from ai.writing import DRAFT, REWRITE, SUMMARISE, TRANSLATE, Wanted, ask_of
from tasks.actions import create_comment, create_project, update_task
from tasks.models import Task
from tasks.tests.boards import add
from workspaces import tenancy
from workspaces.actions import change_role, create_role, update_role
from workspaces.actor import Actor
from workspaces.models import Membership
from workspaces.tests.people import browser

from .provider import Asked, Provider
from .rows import switch_on, used

QUESTIONS = 500
CANARY = {"alice": "canary-of-acme-41a7", "eve": "canary-of-globex-9c02"}
KEYS = {"alice": "key-of-acme-5d11-0001", "eve": "key-of-globex-77b3-0002"}


@pytest.fixture
def parrot(alice: Actor, eve: Actor, provider: Provider, settings: Any) -> Provider:
    """Each workspace asks with a key of its own, and the model answers with the key and all that it was sent."""

    def repeated(asked: Asked) -> str:
        return f"{asked.key} said: {asked.text}"

    settings.OUTWARD_ALLOW_PRIVATE, settings.OUTWARD_PORTS = True, [provider.port]
    provider.says(repeated)
    for by in (alice, eve):
        switch_on(by, keep_texts=True)
        add_ai_connection(by, name="Own", kind="openai", model="m", key=KEYS[name_of(by)], base_url=provider.url)
    return provider


def name_of(by: Actor) -> str:
    return by.user.name.lower()


def planted(by: Actor) -> list[Task]:
    """Three tasks of the same titles in each workspace; only the canary differs."""
    project = create_project(by, name="Flow", key="FLOW")
    cards = add(by, project, "One", "Two", "Three")
    for card in cards:
        update_task(by, card, description=f"Described with {CANARY[name_of(by)]}")
        create_comment(by, card, body=f"Spoken of with {CANARY[name_of(by)]}")
    return cards


def wishes(cards: list[Task]) -> Iterator[Wanted]:
    """The same words in both workspaces; some are about a task, some about nothing of the workspace's at all."""
    for number, card in enumerate(cycle(cards)):
        yield Wanted(DRAFT, task=card.ref, wanted=f"wish {number % 7}")
        yield Wanted(SUMMARISE, task=card.ref)
        yield Wanted(REWRITE, text=f"The same text {number % 5}", how="shorter")
        yield Wanted(TRANSLATE, text="The same text", language="Deutsch")


async def answered(asks: list[tuple[Actor, Ask]]) -> list[tuple[Actor, Answer]]:
    found = [(by, await AIService(by).complete(ask)) for by, ask in asks]
    await wire.close()
    return found


def test_no_canary_crosses_in_five_hundred_questions(alice: Actor, eve: Actor, parrot: Provider) -> None:
    lists = {by: list(islice(wishes(planted(by)), QUESTIONS // 2)) for by in (alice, eve)}
    asks = []
    for pair in zip(*lists.values(), strict=True):
        for by, wish in zip(lists, pair, strict=True):
            with tenancy.workspace(by.workspace.pk, atomic=True):
                asks.append((by, ask_of(by, wish)))
    found = async_to_sync(answered)(asks)
    assert len(found) == QUESTIONS
    cached = sum(answer.receipt.cached_at is not None for _, answer in found)
    assert QUESTIONS - cached == len(parrot.asked) and cached > QUESTIONS / 2
    for by, answer in found:
        foreign = "eve" if by is alice else "alice"
        assert KEYS[name_of(by)] in answer.text
        assert CANARY[foreign] not in answer.text and KEYS[foreign] not in answer.text
    for asked in parrot.asked:
        foreign = "eve" if asked.key == KEYS["alice"] else "alice"
        assert CANARY[foreign] not in asked.text
        assert not [one for one in (*KEYS.values(), project_settings.SECRET_KEY) if one in asked.text]
    assert not kept(alice) & kept(eve)
    for by in (alice, eve):
        assert all(CANARY["alice"] not in str(row.sent) and CANARY["eve"] not in str(row.sent) for row in used(by))


def kept(by: Actor) -> set[str]:
    """The keys under which answers are kept."""
    with tenancy.workspace(by.workspace.pk, atomic=True):
        return set(AIAnswer.objects.within(by.workspace).values_list("key", flat=True))


def test_receipts_of_another_workspace_are_not_there(alice: Actor, eve: Actor, parrot: Provider) -> None:
    complete(alice, Ask(DRAFT, {"wanted": CANARY["alice"]}))
    (row,) = used(alice)
    assert CANARY["alice"] in browser(alice).get(f"/w/acme/ai/{row.pk}/").content.decode()
    for address in (f"/w/acme/ai/{row.pk}/", f"/w/globex/ai/{row.pk}/"):
        assert browser(eve).get(address).status_code == 404
    with tenancy.workspace(eve.workspace.pk, atomic=True):
        assert not AIUsage.objects.within(eve.workspace).exists()


def test_other_rights_are_other_eyes(alice: Actor, bob: Actor, ai_on: Provider) -> None:
    """A role that may more or less since then is answered anew."""
    role = create_role(alice, name="Own", level=20, permissions=["task.edit", "ai.use"])
    with tenancy.workspace(alice.workspace.pk, atomic=True):
        member = Membership.objects.within(alice.workspace).select_related("user", "role").get(user=bob.user)
    change_role(alice, member, role=role)
    ask = Ask(DRAFT, {"wanted": "x"}, read_seq=1_000_000)
    for asked in (1, 1):
        complete(again(bob), ask)
        assert len(ai_on.asked) == asked
    update_role(alice, role, permissions=["task.edit", "task.delete", "ai.use"])
    complete(again(bob), ask)
    assert len(ai_on.asked) == 2


def again(by: Actor) -> Actor:
    """As the next request finds them."""
    with tenancy.workspace(by.workspace.pk, atomic=True):
        rows = Membership.objects.within(by.workspace).select_related("workspace", "role", "user")
        return Actor.of(rows.get(user=by.user))
