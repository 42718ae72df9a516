"""Whether a workspace has more members than its plan has seats: kept on its row, since each right depends on it."""

from importlib import import_module

from django.conf import settings

from ..actor import Actor
from ..models import Membership, Workspace
from ..plans import members, plan_of


def fit(by: Actor) -> None:
    """Within an act that changes the plan, and from time to time, since plans themselves are changed: all that there may be too much of."""
    weigh(by)
    for follow in import_module(settings.REACTIONS).PLAN_CHANGED:
        follow(by)


def weigh(by: Actor, leaving: Membership | None = None) -> None:
    """Within an act that changes the plan, or who is a member; `leaving` counts no more."""
    seats = plan_of(by.workspace).seats
    if seats is None and not by.workspace.over:
        return
    there = members(by.workspace.pk, but=leaving and leaving.pk)
    over = "seats" if seats is not None and there > seats else ""
    Workspace.objects.filter(pk=by.workspace.pk).exclude(over=over).update(over=over)
    by.workspace.over = over
