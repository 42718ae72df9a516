"""What all tests share: one way to make the database and to empty it, connection pools that end, checks that count."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.core.management.color import no_style
from django.db import OperationalError, connections
from django.db.backends.postgresql.base import DatabaseWrapper as PostgresConnection
from django.test import TransactionTestCase
from django.test.utils import setup_databases, teardown_databases
from psycopg.errors import ObjectInUse
from pytest_django import DjangoDbBlocker

pytest_plugins = [
    "workspaces.tests.people",
    "tasks.tests.boards",
    "tasks.tests.sharing",
    "realtime.tests.server",
    "ai.tests.people",
    "billing.tests.desk",
]
FAILED_CHECKS = os.environ.get("FAILED_CHECKS", "")  # named by bin/test
TEMPLATE = os.environ.get("TEST_TEMPLATE", "")  # a database that bin/test has migrated, to be copied
MADE_BY_MIGRATIONS = {
    "django_migrations", "django_content_type", "auth_permission", "auth_group", "auth_group_permissions", "ai_prompt", "ai_promptversion",
    "billing_plan",
}  # fmt: skip


def pytest_configure() -> None:
    """No test needs collectstatic first; programs that tests start inherit the same by PLAIN_STATIC."""
    import accounts.tests.hashing  # noqa: F401  (which needs the settings)

    TransactionTestCase._fixture_teardown = empty_tables
    settings.ANNOUNCEMENTS_FRESH = float("inf")  # none, until a test that makes one says so
    settings.PLANS_FRESH = float("inf")  # the code's own plans, until a test that changes one says so
    os.environ["PLAIN_STATIC"] = "true"
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    settings.WHITENOISE_USE_FINDERS = True
    settings.WHITENOISE_AUTOREFRESH = True  # else each new test client looks at every static file first: 45 ms


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None,
    django_db_modify_db_settings: None,
    django_db_blocker: DjangoDbBlocker,
    django_db_keepdb: bool,
    django_db_createdb: bool,
) -> Iterator[None]:
    """Set up every alias, whichever the chosen tests name.

    The application's alias mirrors the owner's. The plugin's own fixture would make no test database for the owner
    when no test names that alias, and the mirror, and so the tests, would then work on the real database.
    """
    with django_db_blocker.unblock():
        close_connections()
        connections["owner"].settings_dict["TEST"]["TEMPLATE"] = TEMPLATE
        keep = django_db_keepdb and not django_db_createdb
        made = setup_databases(verbosity=0, interactive=False, keepdb=keep, serialized_aliases=set())
    yield
    with django_db_blocker.unblock():
        close_connections()
        if not django_db_keepdb:
            forget(made)


def empty_tables(case: TransactionTestCase) -> None:
    """After what a test has committed. Django's flush also makes content types and permissions anew, each time the same: 0.2 s."""
    for alias in case._databases_names(include_mirrors=False):
        connection = connections[alias]
        there = connection.introspection.django_table_names(only_existing=True, include_views=False)
        tables = [table for table in there if table not in MADE_BY_MIGRATIONS]
        connection.ops.execute_sql_flush(connection.ops.sql_flush(no_style(), tables))


def forget(made: list[Any]) -> None:
    """A thread of some test may still hold a database: then it goes with its server, or with the next run's set-up."""
    try:
        teardown_databases(made, verbosity=0)
    except OperationalError as error:
        if not isinstance(error.__cause__, ObjectInUse):
            raise


def close_connections() -> None:
    """The pools too, which would keep a database busy or lead to the one they were opened for."""
    for connection in connections.all():
        connection.close()
        if isinstance(connection, PostgresConnection):
            connection.close_pool()


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    if FAILED_CHECKS and exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for file, count in counted(terminalreporter).items():
        terminalreporter.line(f"{file}: {count:,} cases")
    if FAILED_CHECKS:
        terminalreporter.section("checks failed before the tests", red=True)
        terminalreporter.line(f"{FAILED_CHECKS} (see the top of the output)")


def counted(reporter: pytest.TerminalReporter) -> Counter[str]:
    """The requests that generated tests have made, by file."""
    found: Counter[str] = Counter()
    for report in (one for outcome in ("passed", "failed") for one in reporter.getreports(outcome)):
        found[report.nodeid.partition("::")[0]] += sum(
            int(value) for name, value in report.user_properties if name == "cases" and report.when == "call"
        )
    return +found
