"""The app of the project itself: what Django announces and we must hear stands here, and nowhere else."""

from typing import Any

from django.apps import AppConfig, apps
from django.contrib.auth.signals import user_logged_out
from django.db.models.signals import post_migrate

LAST = "office"  # of the apps with tables: after it, every permission is there


def signed_out(request: Any, **_: Any) -> None:
    """Signing out closes the sockets of that session."""
    from accounts.endings import session_ended

    if request is not None and request.session.session_key:
        session_ended(request.session.session_key)


def lets_in_otherwise(user: Any, **_: Any) -> None:
    """After another password, sessions that began with the old one are no good; without a second factor, some workspaces
    are closed. Their sockets close.
    """
    from accounts.endings import person_changed

    person_changed(user.pk)


class FlowboardConfig(AppConfig):
    name = "flowboard"

    def ready(self) -> None:
        from allauth.account.signals import password_changed, password_reset, password_set
        from allauth.mfa.signals import authenticator_removed

        from accounts import hearing

        from . import checks  # noqa: F401
        from .staff_roles import keep_roles

        post_migrate.connect(keep_roles, sender=apps.get_app_config(LAST))
        user_logged_out.connect(signed_out, dispatch_uid="flowboard.signed_out")
        for signal in (password_changed, password_reset, password_set, authenticator_removed):
            signal.connect(lets_in_otherwise, dispatch_uid="flowboard.lets_in_otherwise")
        for signal, hear in hearing.HEARS:
            signal.connect(hear, dispatch_uid=f"hearing.{hear.__name__}")
