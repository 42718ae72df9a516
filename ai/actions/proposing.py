"""Proposals of the AI: the ChangeSet that waits for a yes, and beside it by which prompt and model it was made."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from workspaces.actions import propose_change
from workspaces.actor import Actor
from workspaces.models import ChangeSet
from workspaces.spine import acting

from ..asking import Receipt
from ..models import AIUsage, Proposal


def propose(
    by: Actor,
    *,
    title: str,
    lines: Sequence[dict[str, Any]],
    run: UUID | None = None,
    receipt: Receipt | None = None,
    summary: str = "",
    facts: dict[str, Any] | None = None,
) -> ChangeSet:
    """One act; the same as a proposal of a person, with the AI's side beside it."""
    with acting(by):
        change = propose_change(by, title=title, lines=lines)
        usage = receipt and AIUsage.objects.within(by.workspace).filter(pk=receipt.usage_id).first()
        Proposal(
            workspace=by.workspace, change=change, run_id=run, usage_id=receipt and receipt.usage_id,
            prompt_id=usage and usage.prompt_id, model=receipt.model if receipt else "", summary=summary, facts=facts or {},
        ).save(force_insert=True)  # fmt: skip
    return change
