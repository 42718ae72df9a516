"""How often one may ask the AI, whatever its budget says: counted by person, at pages and API alike."""

import pytest
from django.core.cache import cache
from django.test import Client

from ai.tests.provider import Provider
from workspaces.actor import Actor
from workspaces.tests.people import browser

PAGE, API = "/w/acme/ai/write/", "/api/v1/workspaces/acme/ai/complete/"


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    """Rate limits count in the cache."""
    cache.clear()


def asked(client: Client, address: str) -> int:
    return client.post(address, {"purpose": "write.draft"}, content_type="application/json").status_code


def test_sixty_times_a_minute_and_then_a_person_waits(ai_on: Provider, alice: Actor, bob: Actor) -> None:
    client = browser(alice)
    answers = [asked(client, API) for _ in range(59)] + [asked(client, PAGE)]
    assert 429 not in answers
    no = client.post(API, {"purpose": "write.draft"}, content_type="application/json")
    assert (no.status_code, no["Content-Type"]) == (429, "application/problem+json")
    assert 0 < int(no["Retry-After"]) <= 60
    assert asked(client, PAGE) == 429
    assert asked(browser(bob), API) != 429
    assert client.get("/w/acme/ai/").status_code == 200
    assert not ai_on.asked


def test_settings_are_no_questions(ai_on: Provider, alice: Actor) -> None:
    client = browser(alice)
    for _ in range(70):
        assert client.post("/w/acme/settings/ai/", {}).status_code != 429
        assert (
            client.post("/api/v1/workspaces/acme/ai/connections/", {}, content_type="application/json").status_code
            != 429
        )
    assert asked(client, API) != 429
