"""What owners are written about plan and payment: a subject, and what happened, why it matters, what they can do."""

from datetime import datetime
from typing import Any

from workspaces.models import Workspace

AGAIN = {
    "ai_tokens": "The AI answers again on the first of the month",
    "automation_runs": "The rules run again on the first of the month",
}
Words = tuple[str, list[str]]
THINGS = {"seats": "seats", "guests": "guests", "projects": "projects", "storage": "storage", "ai_tokens": "AI tokens of this month", "automation_runs": "automation runs of this month"}  # fmt: skip


def words_of(kind: str, workspace: Workspace, facts: dict[str, Any]) -> Words:
    """The subject, and the paragraphs."""
    if kind.startswith("usage_"):
        return _usage(workspace, facts)
    return _SAID[kind](workspace, facts)


def day(iso: str | None) -> str:
    """1 December 2026"""
    return f"{datetime.fromisoformat(iso):%-d %B %Y}" if iso else "soon"


def _past_due(workspace: Workspace, facts: dict[str, Any]) -> Words:
    return f"The payment for {workspace} failed", [
        f"The last bill of {workspace} could not be paid with the card on file. We will try again in the next days.",
        f"Until {day(facts.get('until'))} everything goes on as before. After that the workspace has the limits of the free plan; nothing is deleted.",
        "Set another card, or pay the open bill:",
    ]  # fmt: skip


def _paid(workspace: Workspace, facts: dict[str, Any]) -> Words:
    return f"The payment for {workspace} went through", [f"The open bill of {workspace} is paid. Thank you: there is nothing to do."]  # fmt: skip


def _ended(workspace: Workspace, facts: dict[str, Any]) -> Words:
    return f"The subscription of {workspace} has ended", [
        f"{workspace} now has the limits of the free plan. Nothing was deleted: what is over a limit can be read and exported.",
        "It can be subscribed to again at any time:",
    ]  # fmt: skip


def _trial_ending(workspace: Workspace, facts: dict[str, Any]) -> Words:
    return f"The trial of {workspace} ends on {day(facts.get('until'))}", [
        f"{workspace} is trying {facts.get('plan', 'Pro')}. When the trial ends it has the limits of the free plan; nothing is deleted, and nothing is charged.",
        f"To keep {facts.get('plan', 'Pro')}:",
    ]  # fmt: skip


def _trial_ended(workspace: Workspace, facts: dict[str, Any]) -> Words:
    return f"The trial of {workspace} has ended", [
        f"{workspace} now has the limits of the free plan. Nothing was deleted, and nothing was charged.",
        f"To have {facts.get('plan', 'Pro')} again:",
    ]  # fmt: skip


def _grace_ending(workspace: Workspace, facts: dict[str, Any]) -> Words:
    return f"{workspace} is not paid: its plan ends on {day(facts.get('until'))}", [
        f"The last bill of {workspace} is still open. From {day(facts.get('until'))} on it has the limits of the free plan; nothing is deleted.",
        "Set another card, or pay the open bill:",
    ]  # fmt: skip


def _grace_ended(workspace: Workspace, facts: dict[str, Any]) -> Words:
    return f"{workspace} now has the limits of the free plan", [
        f"The last bill of {workspace} was not paid in time. Nothing was deleted: what is over a limit can be read and exported, and its plan is back as soon as the bill is paid:",
    ]  # fmt: skip


def _usage(workspace: Workspace, facts: dict[str, Any]) -> Words:
    thing, full = THINGS[facts["limit"]], facts["percent"] >= 100
    part = "all" if full else f"{facts['percent']} %"
    subject = f"{workspace} has used {part} of its {thing}"
    after = AGAIN.get(facts["limit"], "No more can be added")
    return subject, [
        f"{facts['used']} of {facts['most']} are taken on the plan {facts['plan']}.{f' {after}; everything that is there stays.' if full else ''}",
        "A larger plan has more room:",
    ]  # fmt: skip


_SAID = {
    "past_due": _past_due, "paid": _paid, "ended": _ended, "trial_ending": _trial_ending, "trial_ended": _trial_ended,
    "grace_ending": _grace_ending, "grace_ended": _grace_ended,
}  # fmt: skip
