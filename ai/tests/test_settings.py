"""Settings › AI: the workspace's choices, each person's own, and what follows them."""

import re
from typing import Any

import pytest
from django.http import HttpResponse

from ai import access
from ai.actions.settings import choose_ai, update_ai_settings
from ai.errors import Off
from ai.models import AIAnswer, AISettings, AIUsage
from ai.reading.desk import settings_of
from workspaces import tenancy
from workspaces.actions import remove_member
from workspaces.actor import Actor
from workspaces.errors import Forbidden, Refused
from workspaces.models import Membership
from workspaces.spine import acting
from workspaces.tests.people import Program, browser, log

from .rows import switch_on

URL = "/w/acme/settings/ai/"
HTMX = {"HX-Request": "true"}


def chosen(by: Actor) -> AISettings:
    with tenancy.workspace(by.workspace.pk, atomic=True):
        return settings_of(by)


def test_switching_on_tells_and_is_for_oneself_too(alice: Actor, bob: Actor) -> None:
    update_ai_settings(alice, enabled=True)
    update_ai_settings(alice, enabled=True)
    (row,) = log(alice, "ai:updated")
    assert (row.before, row.after) == ({"enabled": False}, {"enabled": True})
    assert access.on(alice)
    assert not access.on(bob)
    choose_ai(bob, on=True)
    assert access.on(bob)
    choose_ai(bob, on=False)
    assert not access.on(bob)
    assert len(log(alice, "ai:updated")) == 1


def test_who_may(alice: Actor, bob: Actor, gus: Actor) -> None:
    for actor in (bob, gus):
        with pytest.raises(Forbidden):
            update_ai_settings(actor, enabled=True)
        with pytest.raises(Off):
            choose_ai(actor, on=True)
    switch_on(alice)
    with pytest.raises(Off):
        choose_ai(gus, on=True)
    update_ai_settings(alice, guests=True)
    choose_ai(gus, on=True)
    assert access.on(gus)
    update_ai_settings(alice, guests=False)
    assert not access.on(gus)


@pytest.mark.parametrize(
    ("field", "value"),
    [("enabled", "yes"), ("guests", 1), ("keep_texts", None), ("keep_days", 0), ("keep_days", 366), ("keep_days", True), ("own_tokens", 0), ("own_tokens", "5")],
)  # fmt: skip
def test_what_cannot_be_is_named(alice: Actor, field: str, value: object) -> None:
    with pytest.raises(Refused) as no:
        update_ai_settings(alice, **{field: value})
    assert no.value.field == field
    assert log(alice, "ai:updated") == []


def test_what_is_switched_off_leaves_nothing_behind(alice: Actor) -> None:
    switch_on(alice, keep_texts=True)
    with acting(alice):
        AIUsage(workspace=alice.workspace, user=alice.user, purpose="x", outcome="ok", asked="a", answered="b").save()
        AIAnswer(workspace=alice.workspace, key="k", usage_id=alice.user.pk, text="t", read_seq=1).save()
    update_ai_settings(alice, keep_texts=False)
    update_ai_settings(alice, enabled=False)
    with tenancy.workspace(alice.workspace.pk, atomic=True):
        row = AIUsage.objects.within(alice.workspace).get()
        assert (row.asked, row.answered) == ("", "")
        assert not AIAnswer.objects.within(alice.workspace).exists()


def test_who_leaves_chooses_anew(alice: Actor, bob: Actor) -> None:
    switch_on(alice, bob)
    with tenancy.workspace(alice.workspace.pk, atomic=True):
        membership = Membership.objects.within(alice.workspace).select_related("user", "role").get(user=bob.user)
    remove_member(alice, membership)
    assert not access.on(bob)


def page(actor: Actor, data: dict[str, str] | None = None) -> HttpResponse:
    client = browser(actor)
    return client.post(URL, data, headers=HTMX) if data else client.get(URL)  # type: ignore[return-value]


def test_the_page(alice: Actor, bob: Actor, gus: Actor, eve: Actor, settings: Any) -> None:
    settings.AI_TOKENS = 100_000
    for actor in (bob, gus, eve):
        assert page(actor).status_code == 404
    assert "Off: nothing of Acme is sent to any model" in page(alice).content.decode()
    assert page(alice, {"part": "workspace", "enabled": "1"}).status_code == 204
    words = page(alice).content.decode()
    assert "Switch off for me" in words and re.search(r"It begins anew on 1 [A-Z][a-z]+ \(UTC\)", words)
    words = page(bob).content.decode()
    assert "Switch on for me" in words
    assert "Models" not in words and "Guests" not in words
    assert page(bob, {"part": "workspace", "guests": "1"}).status_code == 403
    assert page(bob, {"part": "mine", "on": "1"}).status_code == 204
    assert access.on(bob)
    assert page(gus).status_code == 404


def test_the_page_saves_all_of_a_form_or_nothing(alice: Actor) -> None:
    said = {"part": "workspace", "guests": "1", "keep_texts": "1", "keep_days": "60", "own_tokens": "5000"}
    assert page(alice, said).status_code == 204
    row = chosen(alice)
    assert (row.guests, row.keep_texts, row.keep_days, row.own_tokens, row.enabled) == (True, True, 60, 5000, False)
    assert page(alice, said | {"own_tokens": ""}).status_code == 204
    assert chosen(alice).own_tokens is None
    for wrong in ({"keep_days": "0"}, {"keep_days": "soon"}, {"guests": "2"}, {"x": "1"}, {"part": "all"}):
        assert page(alice, said | wrong).status_code == 422
    assert chosen(alice).keep_days == 60
    assert len(log(alice, "ai:updated")) == 2


def test_rest(alice: Actor, bob: Actor) -> None:
    program, bobs = Program(alice), Program(bob)
    assert bobs.get("ai/settings/").json()["offered"] is False
    assert bobs.patch("ai/settings/", {"on": True}).status_code == 403
    assert bobs.patch("ai/settings/", {"enabled": True}).status_code == 403
    told = program.patch("ai/settings/", {"enabled": True, "keep_days": 7}).json()
    assert (told["on"], told["offered"], told["enabled"], told["keep_days"]) == (True, True, True, 7)
    assert program.patch("ai/settings/", {"guests": True, "keep_days": 400}).status_code == 400
    assert program.get("ai/settings/").json()["guests"] is False
    assert bobs.patch("ai/settings/", {"on": True}).json()["on"] is True
    assert [row.after for row in log(alice, "ai:updated")] == [{"enabled": True, "keep_days": 7}]
