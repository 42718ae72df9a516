"""What is asked and what is answered: the values that go through the service."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True)
class Ask:
    """One question. `inputs` are untrusted data only: they go out as one block of JSON, never as instructions.

    `read_seq` is where the record stood when they were read (0: the answer is not kept), `projects` and `subjects` whose
    rows they hold (none: the whole workspace), `sent` says in words which data go out, `cuts` names the lists whose
    first entries are left out where all is too long. `most` are the tokens that an answer may have, where that is less than
    the wording allows.
    """

    purpose: str
    inputs: dict[str, Any]
    read_seq: int = 0
    projects: tuple[UUID, ...] = ()
    subjects: tuple[UUID, ...] = ()
    sent: tuple[str, ...] = ()
    cuts: tuple[str, ...] = ()
    most: int | None = None


@dataclass(frozen=True)
class Receipt:
    """What an answer took, and which data went out for it. `cached_at`: when it was answered, where it was kept."""

    usage_id: UUID
    provider: str
    model: str
    prompt: str
    input_tokens: int
    output_tokens: int
    cached_tokens: int
    cost_micros: int | None
    latency_ms: int
    cached_at: datetime | None
    sent: tuple[str, ...]


@dataclass(frozen=True)
class Answer:
    """`data` is what the prompt's schema asks for, checked; None where it has none."""

    text: str
    data: Any
    receipt: Receipt


@dataclass
class Count:
    """Tokens as the provider counts them; None as long as it has said nothing."""

    input: int | None = None
    output: int | None = None
    cached: int = 0


@dataclass(frozen=True)
class Request:
    """What goes to a provider."""

    system: str
    messages: tuple[tuple[str, str], ...] = field(repr=False)  # (user or assistant, text)
    max_output: int

    def bytes(self) -> int:
        return sum(len(text.encode()) for text in (self.system, *(text for _, text in self.messages)))
