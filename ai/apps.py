"""The app of the AI: one service, its budget, its prompts."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


def ship_prompts(using: str, **_: Any) -> None:
    """After each migration the code's own prompts are there (ai/prompts/)."""
    from .actions.prompts import sync_prompts

    sync_prompts(using)


class AiConfig(AppConfig):
    name = "ai"
    verbose_name = "AI"

    def ready(self) -> None:
        from . import events  # noqa: F401

        post_migrate.connect(ship_prompts, sender=self)
