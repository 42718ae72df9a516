"""Refuses to start when the application's database role could see past the policies."""

from typing import Any

from django.core.checks import Error, Tags, register
from django.db import connections


@register(Tags.database)
def application_role(databases: list[str] | None = None, **_: Any) -> list[Error]:
    """The role of the default connection: no superuser, no BYPASSRLS, owner of nothing."""
    if "default" not in (databases or []):
        return []
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper, rolbypassrls, EXISTS (SELECT FROM pg_class WHERE relowner = r.oid AND relkind IN ('r', 'p'))"
            " FROM pg_roles r WHERE rolname = current_user"
        )
        if not any(cursor.fetchone()):
            return []
    return [
        Error(
            "DATABASE_URL's role is a superuser, has BYPASSRLS or owns tables: row-level security would not hold.",
            hint="Use the role flowboard_app (see docs/operations.md).",
            id="workspaces.E001",
        )
    ]
