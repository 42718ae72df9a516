"""The app of the project itself: what Django announces and we must hear stands here, and nowhere else."""

from typing import Any

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_out


def hang_up(request: Any, **_: Any) -> None:
    """Signing out closes the sockets of that session."""
    from realtime import doorbell

    if request is not None and request.session.session_key:
        doorbell.hang_up(request.session.session_key)


class FlowboardConfig(AppConfig):
    name = "flowboard"

    def ready(self) -> None:
        user_logged_out.connect(hang_up, dispatch_uid="flowboard.hang_up")
