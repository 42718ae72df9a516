"""The workspace and person of the running work, and how PostgreSQL learns of them.

Each transaction opens with one message, "BEGIN; SET LOCAL …", so that telling costs no round trip, ends with the
transaction (nothing to reset when a connection returns to its pool; PgBouncer's transaction mode is safe), and a
statement outside a transaction sees no tenant's rows: the policy raises.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID

import psycopg
from django.db import connections, transaction
from psycopg import generators, pq

WORKSPACE, PERSON = "flowboard.workspace_id", "flowboard.user_id"
_workspace: ContextVar[UUID | None] = ContextVar("workspace", default=None)
_person: ContextVar[UUID | None] = ContextVar("person", default=None)


def current_workspace() -> UUID | None:
    """The default of every tenant row's workspace_id."""
    return _workspace.get()


class TenantConnection(psycopg.Connection):
    """Opens transactions with the workspace in the same message. `_start_query` is psycopg's own: a test guards it."""

    def _start_query(self):  # type: ignore[no-untyped-def]
        if self._autocommit or self.pgconn.transaction_status != pq.TransactionStatus.IDLE:
            return
        settings = [(name, value) for name, value in ((WORKSPACE, _workspace.get()), (PERSON, _person.get())) if value]
        if not settings or self._pipeline:
            yield from super()._start_query()
            return
        begin = self._get_tx_start_command()
        begin += b"".join(f"; SET LOCAL {name} = '{value}'".encode() for name, value in settings)
        self.pgconn.send_query(begin)
        for result in (yield from generators.execute(self.pgconn)):
            if result.status != pq.ExecStatus.COMMAND_OK:
                raise psycopg.errors.error_from_result(result, encoding=self.pgconn._encoding)


def _tell(name: str, value: UUID | None) -> None:
    """BEGIN has gone out already (nested use, tests): say it now."""
    connection = connections["default"]
    if connection.in_atomic_block and not connection.needs_rollback:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config(%s, %s, true)", [name, str(value or "")])


@contextmanager
def _within(variable: ContextVar[UUID | None], name: str, value: UUID | str | None) -> Iterator[None]:
    known = UUID(str(value)) if value else None  # UUID(): nothing else can get into SET LOCAL
    previous = variable.get()
    if known == previous:
        yield
        return
    token = variable.set(known)
    try:
        _tell(name, known)
        yield
    finally:
        variable.reset(token)
        _tell(name, previous)


@contextmanager
def workspace(value: UUID | str | None, *, atomic: bool = False) -> Iterator[None]:
    """Everything in the block belongs to this workspace; `atomic` opens a transaction too."""
    with _within(_workspace, WORKSPACE, value):
        if atomic:
            with transaction.atomic():
                yield
        else:
            yield


@contextmanager
def person(value: UUID | str | None, *, atomic: bool = False) -> Iterator[None]:
    """In the block this person's own memberships can be read across their workspaces."""
    with _within(_person, PERSON, value):
        if atomic:
            with transaction.atomic():
                yield
        else:
            yield
