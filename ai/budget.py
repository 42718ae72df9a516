"""How many tokens a month there are, and how many a call may take."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.conf import settings
from django.utils import timezone

from workspaces.models import Workspace
from workspaces.plans import plan_of

from .asking import Count, Request
from .models import AIBudget

ROUND = 64  # tokens with which a provider wraps messages, at most
WARN_AT = 0.8
LEAST = 2_000  # no question holds less


@dataclass(frozen=True)
class Stand:
    """Where a month's budget stands; `limit` None: as much as you like."""

    kind: str
    used: int
    reserved: int
    limit: int | None

    @property
    def percent(self) -> int:
        """Of the limit, rounded down; 0 where there is none."""
        return 100 * self.used // self.limit if self.limit else 0

    @property
    def left(self) -> int:
        """What is not used yet; may be held."""
        return max((self.limit or 0) - self.used, 0)

    @property
    def low(self) -> bool:
        """Whether it is time to warn."""
        return bool(self.limit) and self.used >= int((self.limit or 0) * WARN_AT)

    @property
    def full(self) -> bool:
        """Whether no question fits any more."""
        return bool(self.limit) and self.left < LEAST


def period(at: datetime | None = None) -> date:
    """The month that a moment counts in."""
    return (at or timezone.now()).astimezone(UTC).date().replace(day=1)


def limit_of(workspace: Workspace, kind: str, own_tokens: int | None) -> int | None:
    """Of the plan, or the workspace's own for its own keys."""
    if kind == AIBudget.Kind.OWN:
        return own_tokens
    limit = plan_of(workspace).ai_tokens or settings.AI_TOKENS or None
    return limit and limit + workspace.granted_tokens(period()) + workspace.paid_ai_tokens


def stand(workspace: Workspace, kind: str, own_tokens: int | None) -> Stand:
    """This month; inside the workspace."""
    row = AIBudget.objects.within(workspace).filter(period=period(), kind=kind).first()
    used, reserved = (row.used, row.reserved) if row else (0, 0)
    return Stand(kind, used, reserved, limit_of(workspace, kind, own_tokens))


def most(request: Request) -> int:
    """What a call takes at most: no tokenizer makes more tokens of a text than it has bytes."""
    return request.bytes() + ROUND * (1 + len(request.messages)) + request.max_output


def about(text: str | int) -> int:
    """What a text (or so many bytes) takes, where the provider does not tell: rather too much than too little."""
    return -(-(text if isinstance(text, int) else len(text.encode())) // 3)


def counted(count: Count, request: Request, came: str) -> Count:
    """The provider's own count where it told, else an estimate of what went and what came."""
    return Count(
        about(request.bytes()) + ROUND if count.input is None else count.input,
        about(came) if count.output is None else count.output,
        count.cached,
    )
