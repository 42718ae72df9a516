"""The app of tenants, their people and their record."""

from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import pre_migrate

GRANTS = """
GRANT USAGE ON SCHEMA public TO flowboard_app, flowboard_ops;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO flowboard_app, flowboard_ops;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO flowboard_app, flowboard_ops;
"""


def grant_roles(using: str, **_: Any) -> None:
    """What migrations create, the other two roles may use (rows are the policies' business)."""
    connection = connections[using]
    if connection.settings_dict["USER"] == "flowboard_owner":
        with connection.cursor() as cursor:
            cursor.execute(GRANTS)


class WorkspacesConfig(AppConfig):
    name = "workspaces"
    verbose_name = "Customers"

    def ready(self) -> None:
        from . import checks  # noqa: F401

        pre_migrate.connect(grant_roles, sender=self)
