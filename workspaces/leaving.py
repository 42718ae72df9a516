"""What follows when somebody leaves a workspace or becomes a guest: registered in flowboard/reactions.py by the apps above."""

from importlib import import_module

from django.conf import settings

from .actor import Actor
from .models import Membership


def part(by: Actor, membership: Membership) -> None:
    """To be called by every act that ends a membership, before it does."""
    for follow in import_module(settings.REACTIONS).LEAVING:
        follow(by, membership)


def lowered(by: Actor, membership: Membership) -> None:
    """To be called by every act that makes a guest of a member, when it has."""
    for follow in import_module(settings.REACTIONS).LOWERED:
        follow(by, membership)
