"""Ends of sessions, and what else of a person others hold on to: told to whoever is named in flowboard/reactions.py."""

import hashlib
from collections.abc import Iterable
from importlib import import_module
from uuid import UUID

from allauth.usersessions.adapter import DefaultUserSessionsAdapter
from allauth.usersessions.models import UserSession
from django.conf import settings

from .reactions import tell


class SessionsAdapter(DefaultUserSessionsAdapter):
    """allauth's, for "sign out this" and "sign out all others"."""

    def end_sessions(self, sessions: Iterable[UserSession]) -> None:
        for session in sessions:
            end_session(session.session_key)


def end_session(key: str) -> None:
    """Neither its cookie nor a program's token of it is good from now on; its sockets close."""
    import_module(settings.SESSION_ENGINE).SessionStore().delete(key)
    UserSession.objects.filter(session_key=key).delete()
    session_ended(key)


def session_ended(key: str) -> None:
    """Tell of a session that is gone."""
    tell("SESSION_ENDED", key)


def person_changed(user_id: UUID) -> None:
    """Tell that what lets this person in may have changed (password, whether they may sign in at all)."""
    tell("PERSON_CHANGED", user_id)


def time_zone_changed(user_id: UUID) -> None:
    """Tell that the hours of this person are others."""
    tell("TIME_ZONE_CHANGED", user_id)


def sign_in_noted(row_id: UUID) -> None:
    """Tell of a new row of SignIn."""
    tell("SIGN_IN_NOTED", row_id)


def session_id(key: str) -> str:
    """What a session is called where its key, which is a secret, must not stand."""
    return hashlib.sha256(key.encode()).hexdigest()[:32]
