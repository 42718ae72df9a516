"""Rows for tests, without the way through pages."""

from typing import Any

from ai.models import AIBudget, AIChoice, AIReservation, AIRun, AISettings, AIUsage
from workspaces import tenancy
from workspaces.actor import Actor
from workspaces.spine import acting


def switch_on(owner: Actor, *people: Actor, **settings: Any) -> None:
    """For the workspace, its owner and these people, without the way through pages."""
    with acting(owner):
        AISettings(workspace=owner.workspace, enabled=True, **settings).save(force_insert=True)
        for one in (owner, *people):
            AIChoice(workspace=owner.workspace, user=one.user, on=True).save(force_insert=True)


def used(by: Actor) -> list[AIUsage]:
    """What was used, the oldest first."""
    with tenancy.workspace(by.workspace.pk, atomic=True):
        return list(AIUsage.objects.within(by.workspace).order_by("created_at"))


def started_run(by: Actor, words: str = "") -> str:
    """The id of a run of the actor's that no worker has taken up."""
    with acting(by):
        run = AIRun(workspace=by.workspace, user=by.user, kind="breakdown", inputs={"text": words}, step=words)
        run.save(force_insert=True)
    return str(run.pk)


def month(by: Actor) -> AIBudget:
    """This month's budget."""
    with tenancy.workspace(by.workspace.pk, atomic=True):
        return AIBudget.objects.within(by.workspace).get()


def held(by: Actor) -> list[AIReservation]:
    """What is held for calls under way."""
    with tenancy.workspace(by.workspace.pk, atomic=True):
        return list(AIReservation.objects.within(by.workspace))
