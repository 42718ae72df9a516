"""What Settings › AI shows: the choices, whom is asked and where that is, and how much of the month is left."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from workspaces.actor import Actor

from ..budget import Stand, stand
from ..connections import from_environment
from ..models import AIBudget, AIChoice, AIConnection, AISettings

HOSTS = {"openai": "api.openai.com", "anthropic": "api.anthropic.com"}
Kind = AIBudget.Kind


@dataclass(frozen=True)
class Desk:
    """One workspace's choices as one person sees them."""

    settings: AISettings
    mine: bool
    connections: list[AIConnection]

    @property
    def receivers(self) -> list[str]:
        """Who gets what is asked: the model and the host, in the order asked."""
        if self.connections:
            return list(dict.fromkeys(receiver(one) for one in self.connections))
        return [receiver(one) for one in from_environment()]

    @property
    def kind(self) -> str:
        """Whose tokens are used."""
        return Kind.OWN if self.connections else Kind.PLAN


def desk_of(by: Actor) -> Desk:
    """Three queries."""
    choice = AIChoice.objects.within(by.workspace).filter(user=by.user).first()
    rows = AIConnection.objects.within(by.workspace).order_by("order", "name")
    return Desk(settings_of(by), bool(choice and choice.on), list(rows))


def settings_of(by: Actor) -> AISettings:
    """As chosen, or as it is by itself."""
    return AISettings.objects.within(by.workspace).first() or AISettings(workspace=by.workspace)


def stands(by: Actor, own_tokens: int | None) -> list[Stand]:
    """This month's budgets: the plan's, and that of one's own keys where it was used or has a limit."""
    plan, own = (stand(by.workspace, kind, own_tokens) for kind in (Kind.PLAN, Kind.OWN))
    return [plan, own] if own.used or own.reserved or own.limit else [plan]


def host_of(connection: Any) -> str:
    """Where it leads."""
    return urlsplit(connection.base_url).hostname or "" if connection.base_url else HOSTS.get(connection.kind, "")


def receiver(connection: Any) -> str:
    """gpt-5 at api.openai.com"""
    return f"{connection.model} at {host_of(connection)}"
