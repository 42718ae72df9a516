"""What the hub reads from PostgreSQL, as the application's own role and behind its policies."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import orjson
from django.db import connections
from psycopg import AsyncConnection
from psycopg.rows import namedtuple_row, tuple_row
from psycopg.types.json import set_json_loads
from psycopg_pool import AsyncConnectionPool

from accounts.factors import COUNT
from workspaces.feed import Eyes, fit, project_eyes
from workspaces.tenancy import PERSON, WORKSPACE

from .envelope import Entry, entry_of

POOL = 4
STREAM = "SELECT workspace_id, head, floor, epoch FROM workspaces_stream WHERE workspace_id = %s"
HEADS = "SELECT workspace_id, head, floor, epoch FROM flowboard_heads(%s::uuid[])"
ROWS = """
SELECT l.workspace_id, l.seq, l.change_id, l.event, l.actor_id, l.via, l.subject_type, l.subject_id, l.subject_key, l.version,
    l.project_id, l.before, l.after, coalesce(nullif(u.name, ''), u.email, '')
    || CASE WHEN l.via = 'support' THEN ' of FlowBoard support' || coalesce(', for ' || coalesce(nullif(b.name, ''), b.email), '')
        ELSE '' END AS by_name
FROM workspaces_activitylog l LEFT JOIN accounts_user u ON u.id = l.actor_id LEFT JOIN accounts_user b ON b.id = l.on_behalf_of_id
WHERE l.workspace_id = %s AND l.seq > %s AND l.seq <= %s ORDER BY l.seq LIMIT %s
"""
FACTORS = ", ".join(f"'{kind.value}'" for kind in COUNT)
LEVELS = f"""
SELECT m.user_id, r.level, w.require_mfa AND NOT u.is_program AND NOT EXISTS (
    SELECT FROM mfa_authenticator a WHERE a.user_id = m.user_id AND a.type IN ({FACTORS})
) AS barred, w.suspended_at IS NOT NULL AS suspended FROM workspaces_membership m JOIN accounts_user u ON u.id = m.user_id
JOIN workspaces_role r ON r.workspace_id = m.workspace_id AND r.id = m.role_id
JOIN workspaces_workspace w ON w.id = m.workspace_id AND w.deleted_at IS NULL
WHERE m.workspace_id = %s AND m.user_id = ANY(%s::uuid[])
"""
TOKENS = """
SELECT id FROM workspaces_accesstoken WHERE workspace_id = %s AND id = ANY(%s::uuid[])
AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())
"""
# of these people one may look at their own memberships: `flowboard.user_id`
CALLERS = """
SELECT u.id, u.password, u.is_active, m.workspace_id FROM accounts_user u LEFT JOIN (
    workspaces_membership m JOIN workspaces_workspace w ON w.id = m.workspace_id AND w.slug = %s AND w.deleted_at IS NULL
) ON m.user_id = u.id WHERE u.id = ANY(%s::uuid[])
"""
PEOPLE = "SELECT id, password, is_active FROM accounts_user WHERE id = ANY(%s::uuid[])"
FACE = "SELECT name, avatar FROM accounts_user WHERE id = %s"
LIVING = "SELECT session_key FROM django_session WHERE session_key = ANY(%s) AND expire_date > now()"


@dataclass(frozen=True, slots=True)
class Stream:
    """Where a workspace's record stands."""

    workspace_id: str
    head: int
    floor: int
    epoch: str

    @classmethod
    def of(cls, row: Any) -> "Stream":
        return cls(str(row.workspace_id), row.head, row.floor, str(row.epoch))


@dataclass(frozen=True, slots=True)
class Look:
    """Who still belongs to a workspace and what they see."""

    stream: Stream
    eyes: dict[str, Eyes]
    tokens: set[str] = field(default_factory=set)
    barred: frozenset[str] = frozenset()  # members without the second factor that the workspace asks for
    suspended: bool = False


@dataclass(frozen=True, slots=True)
class Caller:
    """Who knocks, and what they see of the workspace when they belong to it."""

    password: str
    is_active: bool
    look: Look | None


class Storage:
    """A small pool of its own: the hub never waits behind pages."""

    def __init__(self) -> None:
        self.pool = AsyncConnectionPool(
            kwargs=_address(),
            min_size=1,
            max_size=POOL,
            timeout=5,
            reconnect_timeout=2,
            open=False,
            configure=_configure,
            name="realtime",
        )

    async def open(self) -> None:
        await self.pool.open(wait=False)

    async def close(self) -> None:
        await self.pool.close(timeout=1)

    @asynccontextmanager
    async def reading(self, **told: str) -> AsyncIterator[AsyncConnection[Any]]:
        """A read-only transaction that knows its `workspace` or `user` from its first message."""
        async with self.pool.connection() as connection:
            settings = "".join(f"; SET LOCAL flowboard.{name}_id = '{UUID(value)}'" for name, value in told.items())
            await connection.execute(f"BEGIN READ ONLY{settings}")
            yield connection  # the pool commits or rolls back

    async def heads(self, workspaces: Iterable[str]) -> dict[str, Stream]:
        """One query for all of them; a workspace that is gone is missing."""
        async with self.pool.connection() as connection:
            found = await (await connection.execute(HEADS, [list(workspaces)])).fetchall()
        return {str(row.workspace_id): Stream.of(row) for row in found}

    async def rows(self, workspace_id: str, after: int, upto: int, limit: int = 500) -> list[Entry]:
        async with self.reading(workspace=workspace_id) as connection:
            found = await (await connection.execute(ROWS, [workspace_id, after, upto, limit])).fetchall()
        return [entry_of(row, row.by_name) for row in found]

    async def look(self, workspace_id: str, people: Iterable[str], tokens: Iterable[str] = ()) -> Look | None:
        """Membership, rights and tokens of these people now; None when the workspace is gone."""
        async with self.reading(workspace=workspace_id) as connection:
            return await _look(connection, workspace_id, list(people), list(tokens))

    async def callers(self, people: list[str], slug: str) -> dict[str, Caller]:
        """All of them in one look at the workspace, once one is found who belongs to it."""
        async with self.reading(user=people[0]) as connection:
            found = await (await connection.execute(CALLERS, [slug, people])).fetchall()
            workspace_id = await _workspace(connection, found, people[1:], slug)
            look = None
            if workspace_id is not None:
                await _tell(connection, WORKSPACE, str(workspace_id))
                look = await _look(connection, str(workspace_id), people, [])
        return {str(row.id): Caller(row.password, row.is_active, look) for row in found}

    async def sessions(self, people: Iterable[str], keys: Iterable[str]) -> tuple[dict[str, Any], set[str]]:
        """The password and state of people, and which sessions are alive."""
        async with self.pool.connection() as connection:
            found = await (await connection.execute(PEOPLE, [list(people)])).fetchall()
            alive = await (await connection.execute(LIVING, [list(keys)])).fetchall()
        return {str(row.id): row for row in found}, {row.session_key for row in alive}

    async def face(self, user_id: str) -> tuple[str, str]:
        """The name and the picture of a person."""
        async with self.pool.connection() as connection:
            found = await (await connection.execute(FACE, [user_id])).fetchone()
        return (found.name, found.avatar) if found else ("", "")

    async def place(
        self, workspace_id: str, key: str, number: int, tasks: Iterable[str]
    ) -> tuple[str, str, bool] | None:
        """The ids of a project and of a task of it ("": no such task), and whether one of `tasks` is in the project."""
        asked = {"workspace": workspace_id, "key": key, "number": number, "tasks": list(tasks)}
        async with (
            self.reading(workspace=workspace_id) as connection,
            connection.cursor(row_factory=tuple_row) as cursor,
        ):
            found = await (await cursor.execute(project_eyes().named, asked)).fetchone()
        return found and (str(found[0]), str(found[1] or ""), found[2])


async def _workspace(connection: AsyncConnection[Any], found: list[Any], people: list[str], slug: str) -> UUID | None:
    """The one that belongs to the address, as the first of these people sees it who is a member."""
    workspace_id = next((row.workspace_id for row in found if row.workspace_id), None)
    for person in people:
        if workspace_id is not None:
            break
        await _tell(connection, PERSON, person)
        row = await (await connection.execute(CALLERS, [slug, [person]])).fetchone()
        workspace_id = row and row.workspace_id
    return workspace_id


async def _tell(connection: AsyncConnection[Any], setting: str, value: str) -> None:
    await connection.execute("SELECT set_config(%s, %s, true)", [setting, value])


async def _look(
    connection: AsyncConnection[Any], workspace_id: str, people: list[str], tokens: list[str]
) -> Look | None:
    """The head first: whatever is read after it is at least as new."""
    stream = await (await connection.execute(STREAM, [workspace_id])).fetchone()
    if stream is None:
        return None
    members = await (await connection.execute(LEVELS, [workspace_id, people])).fetchall()
    levels = {row.user_id: row.level for row in members if not row.barred}
    async with connection.cursor(row_factory=tuple_row) as cursor:
        await cursor.execute(project_eyes().seen, {"workspace": workspace_id, "people": people})
        pairs = await cursor.fetchall()
    eyes = {one.user_id: one for one in fit(levels, pairs, stream.head)}
    alive = await (await connection.execute(TOKENS, [workspace_id, tokens])).fetchall() if tokens else []
    barred = frozenset(str(row.user_id) for row in members if row.barred)
    suspended = any(row.suspended for row in members)
    return Look(Stream.of(stream), eyes, {str(row.id) for row in alive}, barred, suspended)


def _address() -> dict[str, Any]:
    """The default connection's own, without what belongs to Django. No prepared statements: PgBouncer may stand between."""
    known = connections["default"].get_connection_params()
    plain = {
        name: value for name, value in known.items() if name not in ("cursor_factory", "context", "prepare_threshold")
    }
    return {**plain, "autocommit": True, "prepare_threshold": None, "row_factory": namedtuple_row}


async def _configure(connection: AsyncConnection[Any]) -> None:
    set_json_loads(orjson.loads, connection)
