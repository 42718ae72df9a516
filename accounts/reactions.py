"""What follows a change is named in one visible list, which no app below it can import: flowboard/reactions.py."""

from importlib import import_module
from typing import Any

from django.conf import settings
from django.db import transaction


def tell(name: str, *facts: Any) -> None:
    """Call everything that stands under this name there, after the commit; what fails stops nothing else."""
    for follow in getattr(import_module(settings.REACTIONS), name):
        transaction.on_commit(lambda follow=follow: follow(*facts), robust=True)
