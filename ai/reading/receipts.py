"""Receipts: of each call who asked what for, what it took, and which data went out; the texts only where they are kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from cryptography.fernet import InvalidToken

from workspaces.actor import Actor
from workspaces.faces import face
from workspaces.feed import eyes_of
from workspaces.rest.cursor import Key, moment, uuid

from ..keys import unseal
from ..models import AIUsage, PromptVersion
from .usage import purpose_words

NEWEST = [Key("created_at", moment, down=True), Key("pk", uuid, down=True)]
Outcome = AIUsage.Outcome
GOOD = (Outcome.OK, Outcome.CACHED, Outcome.REPAIRED)
OUTCOMES = {
    Outcome.CACHED: "Cached",
    Outcome.REPAIRED: "At the second try",
    Outcome.CANCELLED: "Stopped",
    Outcome.FAILED: "No answer",
    Outcome.LOST: "Lost: charged in full",
}
WITHHELD = "data of a private project"


@dataclass(frozen=True)
class Line:
    """One call as it is told."""

    row: AIUsage
    who: dict[str, Any]
    words: str
    prompt: str
    sent: list[str]
    texts: bool
    good: bool
    outcome: str


class Receipts:
    """Receipts through one person's eyes."""

    def __init__(self, by: Actor) -> None:
        self.by = by

    @cached_property
    def projects(self) -> frozenset[str]:
        """Those that the reader sees whole."""
        return eyes_of(self.by).projects

    def lines(self, rows: Sequence[AIUsage]) -> list[Line]:
        """With the names of their wordings."""
        prompts = prompt_names(rows)
        return [
            Line(
                row, face(row.user), purpose_words(row.purpose), prompts.get(row.prompt_id, ""), self.sent(row),
                bool(row.asked or row.answered) and self.reads(row), row.outcome in GOOD, OUTCOMES.get(row.outcome, ""),
            )
            for row in rows
        ]  # fmt: skip

    def sent(self, row: AIUsage) -> list[str]:
        """Which data went out, in words; not of others' calls about private projects: a receipt is no key to those."""
        return list(row.sent) if self._mine(row) or self._sees(row) else [WITHHELD]

    def reads(self, row: AIUsage) -> bool:
        """Whether the texts are for these eyes: of others' calls only where it is known what went into them, and all of that is seen."""
        return self._mine(row) or (bool(row.projects) and self._sees(row))

    def texts(self, row: AIUsage) -> tuple[str, str] | None:
        """What was asked and answered; None where it is not kept, or not for these eyes."""
        if not (row.asked or row.answered) or not self.reads(row):
            return None
        try:
            return unseal(row.asked, "ai-texts"), unseal(row.answered, "ai-texts")
        except InvalidToken:
            return None

    def _mine(self, row: AIUsage) -> bool:
        return row.user_id == self.by.user.pk

    def _sees(self, row: AIUsage) -> bool:
        return not row.projects or {str(one) for one in row.projects} <= self.projects


def prompt_names(rows: Sequence[AIUsage]) -> dict[UUID | None, str]:
    """`write.draft 3`, by the id of the version."""
    versions = PromptVersion.objects.filter(pk__in={row.prompt_id for row in rows if row.prompt_id})
    return {one.pk: f"{one.prompt.purpose} {one.number}" for one in versions.select_related("prompt")}
