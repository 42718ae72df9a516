"""Who calls: the access token or the signed-in program that the door found, or the session with its CSRF token."""

from typing import Any

from rest_framework.authentication import SessionAuthentication


class DoorAuthentication(SessionAuthentication):
    """Tokens were checked at the door and carry no cookie; sessions must show their CSRF token when they write."""

    def authenticate(self, request: Any) -> tuple[Any, Any] | None:
        token = getattr(request._request, "access_token", None) or getattr(request._request, "program", None)
        return (token.user, token) if token is not None else super().authenticate(request)

    def authenticate_header(self, request: Any) -> str:
        return "Bearer, Token"
