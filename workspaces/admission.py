"""Who stands at the door: membership, workspace, role, and a token's person, each in one statement.

Every request passes here, so it is plain SQL: through the ORM the same costs as much as many a whole answer.
"""

from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection, models

from accounts.models import User

from .models import AccessToken, Membership, Role, Workspace

HERE = (
    " FROM workspaces_membership m JOIN workspaces_workspace w ON w.id = m.workspace_id"
    " JOIN workspaces_role r ON r.workspace_id = m.workspace_id AND r.id = m.role_id"
)
TOKEN = (
    " JOIN workspaces_accesstoken t ON t.workspace_id = m.workspace_id AND t.user_id = m.user_id"
    " JOIN accounts_user u ON u.id = t.user_id"
    " WHERE t.workspace_id = %s AND t.token_hash = %s AND t.revoked_at IS NULL AND w.deleted_at IS NULL"
)


class Admitted(NamedTuple):
    """A living token with its person's membership."""

    token: AccessToken
    membership: Membership


def membership_of(user: User, slug: str) -> Membership | None:
    """The person's membership, with workspace and role; inside `tenancy.person(user)`."""
    found = _one(
        (Membership, Workspace, Role),
        HERE + " WHERE m.user_id = %s AND w.slug = %s AND w.deleted_at IS NULL",
        [user.pk, slug],
    )
    return _whole(user, *found) if found else None


def token_of(workspace_id: UUID, token_hash: str) -> Admitted | None:
    """A token that is not revoked, and whose person is a member; inside `tenancy.workspace(workspace_id)`."""
    found = _one((Membership, Workspace, Role, AccessToken, User), HERE + TOKEN, [workspace_id, token_hash])
    if found is None:
        return None
    membership, workspace, role, token, user = found
    token.user = user
    return Admitted(token, _whole(user, membership, workspace, role))


def _whole(user: User, membership: Membership, workspace: Workspace, role: Role) -> Membership:
    membership.user, membership.workspace, membership.role = user, workspace, role
    return membership


def _one(kinds: tuple[type[models.Model], ...], rest: str, values: list[Any]) -> list[Any] | None:
    """The one row as instances of the models, in their order."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {_columns(kinds)}{rest}", values)
        row = cursor.fetchone()
    return _instances(kinds, row) if row else None


def _instances(kinds: tuple[type[models.Model], ...], row: tuple[Any, ...]) -> list[Any]:
    made, start = [], 0
    for kind in kinds:
        names = _names(kind)
        made.append(kind.from_db("default", names, row[start : start + len(names)]))
        start += len(names)
    return made


@cache
def _names(kind: type[models.Model]) -> list[str]:
    return [field.attname for field in kind._meta.concrete_fields]


@cache
def _columns(kinds: tuple[type[models.Model], ...]) -> str:
    aliases = {Membership: "m", Workspace: "w", Role: "r", AccessToken: "t", User: "u"}
    return ", ".join(f"{aliases[kind]}.{field.column}" for kind in kinds for field in kind._meta.concrete_fields)
