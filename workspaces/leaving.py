"""What goes with somebody who leaves a workspace: registered in flowboard/reactions.py by the apps above."""

from importlib import import_module

from django.conf import settings

from .actor import Actor
from .models import Membership


def part(by: Actor, membership: Membership) -> None:
    """To be called by every act that ends a membership, before it does."""
    for follow in import_module(settings.REACTIONS).LEAVING:
        follow(by, membership)
