"""Committed data and a server process for the tests of the socket."""

from collections.abc import Iterator

import pytest

from .server import Server, server


@pytest.fixture(scope="module")
def running(django_db_setup: None) -> Iterator[Server]:
    """One web process for the tests of a file."""
    with server() as up:
        yield up
