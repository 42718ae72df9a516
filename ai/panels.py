"""What the AI says above the lines of a proposal: by which model and wording, what it took, what data went out."""

from typing import Any

from workspaces.actor import Actor
from workspaces.models import ChangeSet

from .models import AIRun, AIUsage, PromptVersion, Proposal


def receipt_of(by: Actor, change: ChangeSet) -> dict[str, Any]:
    """For templates/ai/_proposal.html; empty where the AI's side of the proposal is not known."""
    row = Proposal.objects.within(by.workspace).filter(change=change).first()
    if row is None:
        return {}
    usage = AIUsage.objects.within(by.workspace).filter(pk=row.usage_id).first() if row.usage_id else None
    run = AIRun.objects.within(by.workspace).filter(pk=row.run_id, user=by.user).first() if row.run_id else None
    kept = run.result.get("receipt") if run else None
    return {
        "summary": row.summary, "receipt": kept or (usage and shown(usage, row.prompt_id)), "run": run and run.pk,
    }  # fmt: skip


def shown(usage: AIUsage, prompt_id: Any) -> dict[str, Any]:
    """A row of usage as templates/ai/_receipt_line.html says it."""
    wording = PromptVersion.objects.filter(pk=prompt_id).select_related("prompt").first() if prompt_id else None
    return {
        "id": usage.pk, "model": usage.model, "input_tokens": usage.input_tokens, "output_tokens": usage.output_tokens,
        "cost_micros": usage.cost_micros, "sent": usage.sent, "prompt": str(wording or ""),
        "cached_at": usage.created_at if usage.outcome == AIUsage.Outcome.CACHED else None,
    }  # fmt: skip
