"""Words of the AI that somebody took over: the act that saves them is marked, and leads to their receipt."""

from uuid import UUID

from workspaces.actor import Actor
from workspaces.errors import Refused

from ..models import AIUsage, Proposal


def written_with(by: Actor, usage_id: UUID) -> AIUsage:
    """The receipt of one's own answer. Raises Refused for any other."""
    row: AIUsage | None = AIUsage.objects.within(by.workspace).filter(pk=usage_id, user=by.user).first()
    if row is None:
        raise Refused("There is no answer of the AI to you with this id.", "ai")
    return row


def note_written(by: Actor, usage: AIUsage, change_id: UUID) -> None:
    """The running act, which keeps them, leads to the receipt."""
    Proposal(
        workspace=by.workspace, change_id=change_id, usage_id=usage.pk, prompt_id=usage.prompt_id, model=usage.model,
    ).save(force_insert=True)  # fmt: skip
