"""What all tests share: static files as they lie in the source, connection pools that end, checks that count."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

FAILED_CHECKS = os.environ.get("FAILED_CHECKS", "")  # named by bin/test


def pytest_configure() -> None:
    """No test needs collectstatic first; programs that tests start inherit the same by PLAIN_STATIC."""
    from django.conf import settings

    os.environ["PLAIN_STATIC"] = "true"
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    settings.WHITENOISE_USE_FINDERS = True


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> Iterator[None]:
    """Close the pools before the test database is dropped: the aliases that mirror it keep connections in them."""
    yield
    from django.db import connections

    for connection in connections.all():
        connection.close()
        if hasattr(connection, "close_pool"):
            connection.close_pool()


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    if FAILED_CHECKS and exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if FAILED_CHECKS:
        terminalreporter.section("checks failed before the tests", red=True)
        terminalreporter.line(f"{FAILED_CHECKS} (see the top of the output)")
