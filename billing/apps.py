"""The app of billing: plans, limits, and what Stripe says of who pays."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


def lay_down_plans(using: str, **_: Any) -> None:
    """After each migration the plans of the code are there."""
    from .actions.plans import ship_plans

    ship_plans(using)


class BillingConfig(AppConfig):
    name = "billing"

    def ready(self) -> None:
        from . import events  # noqa: F401

        post_migrate.connect(lay_down_plans, sender=self)
