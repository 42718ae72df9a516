"""A workspace that has the AI, and the stand-in that answers it."""

from collections.abc import Iterator
from typing import Any

import pytest

from ai import breaker
from workspaces.actor import Actor

from .provider import Provider, running
from .rows import switch_on


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
