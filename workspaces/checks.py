"""Refuses to start when the application's database role could see past the policies, or a setting means nothing."""

from ipaddress import ip_network
from typing import Any

from django.conf import settings
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


@register
def known_plan(**_: Any) -> list[Error]:
    """PLAN names one of plans.PLANS."""
    from .plans import PLANS

    if settings.PLAN in PLANS:
        return []
    return [Error(f"PLAN is {settings.PLAN!r}.", hint=f"It is one of {', '.join(PLANS)}.", id="workspaces.E002")]


@register
def readable_proxies(**_: Any) -> list[Error]:
    """Each of TRUSTED_PROXIES is an address, a network or `unix`."""
    try:
        for name in settings.TRUSTED_PROXIES:
            name == "unix" or ip_network(name, strict=False)
    except ValueError as error:
        return [Error(f"TRUSTED_PROXIES: {error}.", hint="10.0.0.0/8,127.0.0.1", id="workspaces.E003")]
    return []
