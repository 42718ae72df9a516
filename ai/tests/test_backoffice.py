"""The back-office of the AI: wordings are drafted, activated and rolled back by the staff, and compared on cases; no key is shown."""

import time
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from ai import jobs
from ai.models import AIConnection, AIUsage, ModelPrice, PromptCase, PromptTrial, PromptVersion
from ai.service import Ask, complete
from ai.trying import try_next
from workspaces.actor import Actor
from workspaces.tests.people import browser, make_staff

from .provider import Asked, Provider


@pytest.fixture
def staff(db: None) -> Client:
    return make_staff("Root")


@pytest.fixture
def first(db: None, provider: Provider) -> PromptVersion:
    return PromptVersion.objects.get(prompt__purpose="write.draft", state="active")


def to(name: str, version: PromptVersion) -> str:
    return reverse(f"admin:ai_promptversion_{name}", args=[version.pk])


def drafted(staff: Client, first: PromptVersion, **wording: Any) -> PromptVersion:
    """A draft of the first version, edited through the form."""
    page = staff.post(to("draft", first))["Location"]
    fields = {"note": "shorter", "system": "Be short.", "template": "Write.", "schema": "{}", "max_output": "500"}
    assert staff.post(page, fields | wording).status_code == 302
    return PromptVersion.objects.get(prompt=first.prompt, state="draft")


def test_a_wording_is_drafted_activated_and_rolled_back_without_a_deployment(
    staff: Client, first: PromptVersion, bob: Actor, ai_on: Provider
) -> None:
    draft = drafted(staff, first)
    assert (draft.number, draft.system, draft.max_output, draft.created_by.name) == (2, "Be short.", 500, "Root")
    complete(bob, Ask("write.draft", {}))
    assert staff.post(to("activate", draft)).status_code == 302
    complete(bob, Ask("write.draft", {}))
    assert staff.post(to("activate", first)).status_code == 302
    answer = complete(bob, Ask("write.draft", {}))
    assert ["Be short." in one.system for one in ai_on.asked] == [False, True, False]
    assert answer.receipt.prompt == "write.draft 1"
    states = dict(PromptVersion.objects.filter(prompt=first.prompt).values_list("number", "state"))
    assert states == {1: "active", 2: "archived"}


def test_what_was_used_is_not_changed(staff: Client, first: PromptVersion) -> None:
    assert 'name="_save"' not in staff.get(to("change", first)).content.decode()
    staff.post(to("change", first), {"system": "Other", "template": "Other", "schema": "{}", "max_output": "16"})
    assert PromptVersion.objects.get(pk=first.pk).system == first.system
    assert staff.post(to("delete", first), {"post": "yes"}).status_code == 403
    assert staff.get(to("activate", first)).status_code == 405


def test_a_schema_that_is_none_is_said_at_its_field(staff: Client, first: PromptVersion) -> None:
    page = staff.post(to("draft", first))["Location"]
    fields = {"note": "", "system": "Be short.", "template": "Write.", "max_output": "500"}
    for wrong, words in (("[]", "The schema is a JSON object"), ('{"type": "nonsense"}', "That is no JSON Schema")):
        assert words in staff.post(page, fields | {"schema": wrong}).content.decode()
    assert PromptVersion.objects.get(state="draft").system == first.system


def test_two_versions_side_by_side_on_saved_cases(staff: Client, first: PromptVersion, provider: Provider) -> None:
    def answer(asked: Asked) -> str:
        return f"{'Short' if 'Be short' in asked.system else 'Long'} about {asked.data['title']}"

    provider.says(answer)
    provider.usage = (1000, 100)
    ModelPrice(provider="openai", model="demo", input=1_000_000, output=10_000_000, cached=0).save()
    case = {"prompt": first.prompt.pk, "name": "A case", "inputs": '{"title": "Milk"}'}
    staff.post(reverse("admin:ai_promptcase_add"), case)
    draft = drafted(staff, first)
    page = to("compare", draft)
    assert "not run yet" in staff.get(page).content.decode()
    following = staff.post(page)["Location"]
    under_way = staff.get(following)
    assert "0 of 2 done" in under_way.content.decode() and under_way["Refresh"] == "2"
    ids, since = [str(first.pk), str(draft.pk)], int(following.partition("since=")[2])
    assert [try_next(ids, since) for _ in range(3)] == [True, True, False]
    shown = staff.get(following)
    assert "Refresh" not in shown.headers
    words = shown.content.decode()
    assert "Long about Milk" in words and "Short about Milk" in words and words.count("$0.0020") == 4
    assert "+Be short." in words and "1 run, 0 with a fault" in words and len(provider.asked) == 2


def test_a_job_that_dies_is_taken_up_where_it_was_and_none_is_tried_twice(
    first: PromptVersion, provider: Provider
) -> None:
    for name in ("One", "Two", "Three"):
        PromptCase(prompt=first.prompt, name=name, inputs={}).save()
    ids, since = [str(first.pk)], int(time.time())
    assert try_next(ids, since)
    kept = PromptTrial.objects.get()
    for _ in range(4):
        jobs.try_versions(ids, since)
    assert len(provider.asked) == 3 == PromptTrial.objects.count() and PromptTrial.objects.filter(pk=kept.pk).exists()
    assert try_next(ids, since + 100) and PromptTrial.objects.count() == 3


@pytest.mark.parametrize(("how", "says"), [("500", "500"), ("nothing", "answered nothing"), ("cut", "broke off")])
def test_a_trial_that_fails_says_so(first: PromptVersion, provider: Provider, how: str, says: str) -> None:
    PromptCase(prompt=first.prompt, name="A case", inputs={}).save()
    provider.breaks(how)
    assert try_next([str(first.pk)], 0)
    assert says in PromptTrial.objects.get().fault


def test_without_a_model_a_trial_says_what_is_missing(first: PromptVersion, settings: Any) -> None:
    PromptCase(prompt=first.prompt, name="A case", inputs={}).save()
    settings.AI_PROVIDER = ""
    assert try_next([str(first.pk)], 0)
    assert "AI_PROVIDER" in PromptTrial.objects.get().fault


def test_prices_are_typed_in_dollars_and_count_from_the_next_call_on(
    staff: Client, bob: Actor, ai_on: Provider
) -> None:
    ai_on.usage = (1_000_000, 100_000)
    said = {
        "provider": "openai",
        "model": "demo",
        "input": "2.5",
        "output": "10",
        "cached": "0.25",
        "reason": "the provider's new list",
    }
    assert staff.post(reverse("admin:ai_modelprice_add"), said).status_code == 302
    row = ModelPrice.objects.get()
    assert (row.input, row.output, row.cached) == (2_500_000, 10_000_000, 250_000)
    assert complete(bob, Ask("write.draft", {})).receipt.cost_micros == 3_500_000
    address = reverse("admin:ai_modelprice_change", args=[row.pk])
    assert 'value="2.5"' in staff.get(address).content.decode()
    assert (
        "0 or more" in staff.post(address, said | {"input": "-1"}).content.decode() or ModelPrice.objects.get() == row
    )
    staff.post(address, said | {"input": "5"})
    assert complete(bob, Ask("write.draft", {})).receipt.cost_micros == 6_000_000
    assert "$5.00" in staff.get(reverse("admin:ai_modelprice_changelist")).content.decode()


@pytest.mark.parametrize("name", ["draft", "activate", "compare"])
def test_members_are_turned_away(alice: Actor, first: PromptVersion, name: str) -> None:
    answer = browser(alice).post(to(name, first))
    assert answer.status_code == 302 and "/admin/login/" in answer["Location"]
    assert PromptVersion.objects.filter(prompt=first.prompt).count() == 1


def test_no_key_and_no_text_is_shown(rf: Any) -> None:
    for model, hidden in ((AIConnection, {"key"}), (AIUsage, {"asked", "answered"})):
        assert not hidden & set(admin.site.get_model_admin(model).get_fields(rf.get("/")))
