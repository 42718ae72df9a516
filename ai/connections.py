"""Whom to ask: the workspace's own connections, else the operator's from the environment; the first, then its fall-overs."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from cryptography.fernet import InvalidToken
from django.conf import settings

from workspaces.models import Workspace

from .errors import NoModel
from .keys import unseal
from .models import AIConnection


@dataclass(frozen=True)
class Connection:
    """One model at one address. `workspace` is set where the key is the workspace's own."""

    name: str
    kind: str
    model: str
    base_url: str
    key: str = field(repr=False)
    timeout: float
    workspace: UUID | None = None

    @property
    def own(self) -> bool:
        return self.workspace is not None


def connections_for(workspace: Workspace, purpose: str) -> list[Connection]:
    """In the order to be asked; a connection for this very purpose comes before one for all. Raises NoModel for none."""
    return chosen(AIConnection.objects.within(workspace), purpose)


def chosen(rows: Iterable[AIConnection], purpose: str) -> list[Connection]:
    """Of the workspace's own, those for this; the operator's where there are none. Raises NoModel."""
    fit = [row for row in rows if row.purpose in _names(purpose)]
    fit.sort(key=lambda row: (-len(row.purpose), row.order, row.name))
    if found := [own(row) for row in fit] or from_environment():
        return found
    raise NoModel(
        "No AI model is set up: an owner can add one in Settings, or the operator of this server sets AI_PROVIDER."
    )


def from_environment() -> list[Connection]:
    """The operator's model and its fall-over, as far as they are set."""
    found = [_of_environment("AI", "the server's model"), _of_environment("AI_FALLBACK", "the server's second model")]
    return [one for one in found if one]


def _names(purpose: str) -> set[str]:
    """`write.draft` is meant by "", by `write` and by `write.draft`."""
    return {"", purpose, purpose.partition(".")[0]}


def own(row: AIConnection) -> Connection:
    """With its key opened. Raises NoModel where that cannot be."""
    try:
        key = unseal(row.key, "ai-keys")
    except InvalidToken as error:
        raise NoModel(f"The key of {row.name} cannot be read any more: enter it again in Settings.") from error
    return Connection(row.name, row.kind, row.model, row.base_url, key, float(row.timeout), row.workspace_id)


def _of_environment(prefix: str, name: str) -> Connection | None:
    kind, url, model, key = (
        getattr(settings, f"{prefix}_{word}") for word in ("PROVIDER", "BASE_URL", "MODEL", "API_KEY")
    )
    return Connection(name, kind, model, url, key, float(settings.AI_TIMEOUT)) if kind and model else None
