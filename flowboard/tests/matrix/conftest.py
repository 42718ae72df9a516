"""One world for all cases of a process: made once, and each case undoes what it did."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import override_settings
from pytest_django import DjangoDbBlocker

from .asking import WHO, Caller, caller
from .world import World, build


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """Acme and Globex, in a transaction that never ends well."""
    # sessions in the database alone: what the cache remembers would not be undone
    engine = override_settings(SESSION_ENGINE="django.contrib.sessions.backends.db")
    with django_db_blocker.unblock(), engine, transaction.atomic():
        yield build()
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    """What is asked here is who may, not how often: limits count in the cache."""
    cache.clear()


@pytest.fixture(scope="module")
def callers(world: World) -> dict[str, Caller]:
    """Each with a session and a token of their own."""
    return {who: caller(world, who) for who in WHO}
