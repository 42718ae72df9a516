"""A workspace that has the AI, and the stand-in that answers it."""

from collections.abc import Iterator
from typing import Any

import pytest

from ai import breaker
from ai.models import AIChoice, AISettings, AIUsage
from workspaces import tenancy
from workspaces.actor import Actor
from workspaces.spine import acting

from .provider import Provider, running


def switch_on(owner: Actor, *people: Actor, **settings: Any) -> None:
    """For the workspace, its owner and these people, without the way through pages."""
    with acting(owner):
        AISettings(workspace=owner.workspace, enabled=True, **settings).save(force_insert=True)
        for one in (owner, *people):
            AIChoice(workspace=owner.workspace, user=one.user, on=True).save(force_insert=True)


def used(by: Actor) -> list[AIUsage]:
    """What was used, the oldest first."""
    with tenancy.workspace(by.workspace.pk, atomic=True):
        return list(AIUsage.objects.within(by.workspace).order_by("created_at"))


@pytest.fixture(scope="session")
def one_provider() -> Iterator[Provider]:
    """One server for all tests of a process."""
    with running() as provider:
        yield provider


@pytest.fixture
def provider(one_provider: Provider, settings: Any) -> Provider:
    """The stand-in as it was at first, and the operator's connection to it."""
    one_provider.__init__(port=one_provider.port)  # type: ignore[misc]
    breaker.forget()
    settings.AI_PROVIDER, settings.AI_MODEL, settings.AI_API_KEY = "openai", "demo", "key-of-the-operator"
    settings.AI_BASE_URL = one_provider.url
    return one_provider


@pytest.fixture
def ai_on(alice: Actor, bob: Actor, provider: Provider) -> Provider:
    """Acme has the AI, and so have Alice and Bob."""
    switch_on(alice, bob)
    return provider
