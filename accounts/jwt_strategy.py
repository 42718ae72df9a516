"""What allauth's headless API hands to programs: our tokens, and a session's own key only until somebody is signed in."""

from typing import Any

from allauth.headless.internal.sessionkit import lookup_session
from allauth.headless.tokens.strategies.base import AbstractTokenStrategy
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest

from . import programs

SIGNED_IN = "program:"  # no session's key looks like this, so that nobody can say it from outside


class TokenStrategy(AbstractTokenStrategy):
    """Settings name it: HEADLESS_TOKEN_STRATEGY."""

    def get_session_token(self, request: HttpRequest) -> str | None:
        """A half-finished sign-in names its session; whoever is signed in shows an access token."""
        if token := programs.bearer_in(request.headers.get("Authorization", "")):
            bearer = programs.find(token)
            return f"{SIGNED_IN}{bearer.program.session_key}" if bearer else None
        waiting = super().get_session_token(request)
        return waiting if waiting and waiting.isalnum() else None

    def lookup_session(self, session_token: str) -> SessionBase | None:
        """A signed-in session's key is no token: it is what its cookie holds."""
        session = lookup_session(session_token.removeprefix(SIGNED_IN))
        if session is not None and SESSION_KEY in session and not session_token.startswith(SIGNED_IN):
            return None
        return session

    def create_session_token(self, request: HttpRequest) -> str:
        if SESSION_KEY in request.session:
            return ""
        if not request.session.session_key:
            request.session.create()
        return str(request.session.session_key)

    def create_access_token_payload(self, request: HttpRequest) -> dict[str, Any] | None:
        """Once, when somebody has just been signed in."""
        tokens = programs.begin(request.user, request.session)  # type: ignore[arg-type]  (nobody anonymous)
        return vars(tokens)

    def refresh_token(self, refresh_token: str) -> tuple[str, str] | None:
        tokens = programs.refresh(refresh_token)
        return (tokens.access_token, tokens.refresh_token) if tokens else None
