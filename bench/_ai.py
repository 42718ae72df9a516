"""What the measurements of the AI share: a workspace that has it, and the operator's connection to the stand-in."""

import socket
import uuid
from typing import Any

from bench import _board  # first: it sets Django up

# isort: split

from django.conf import settings
from django.db import connections

from ai.models import PromptVersion
from ai.service import Ask
from ai.tests.rows import switch_on
from workspaces.actor import Actor

ASK = Ask("write.draft", {"wanted": "a reminder for the people of this project", "place": "description"})


def workspace(name: str) -> Actor:
    """Its owner."""
    by = _board.workspace(f"{name}-{uuid.uuid4().hex[:6]}")
    switch_on(by)
    assert PromptVersion.objects.filter(prompt__purpose=ASK.purpose, state="active").exists()
    return by


def connect(url: str, kind: str = "openai", model: str = "demo", **more: Any) -> None:
    """For every workspace without a connection of its own."""
    settings.AI_PROVIDER, settings.AI_BASE_URL, settings.AI_MODEL, settings.AI_API_KEY = kind, url, model, "key"
    for name, value in more.items():
        setattr(settings, name, value)


def free_port() -> int:
    """One that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def let_go() -> None:
    """No connection of ours stays open, neither here nor in a pool, so that a child that is forked shares none."""
    for connection in connections.all():
        connection.close()
        close = getattr(connection, "close_pool", None)
        if close:
            close()
