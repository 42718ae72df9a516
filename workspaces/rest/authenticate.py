"""Who calls: the access token or the signed-in program that the door found, or the session with its CSRF token."""

from typing import Any

from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import PermissionDenied


class DoorAuthentication(SessionAuthentication):
    """Tokens were checked at the door and carry no cookie; sessions must show their CSRF token when they write."""

    def authenticate(self, request: Any) -> tuple[Any, Any] | None:
        token = getattr(request._request, "access_token", None) or getattr(request._request, "program", None)
        return (token.user, token) if token is not None else self._by_session(request)

    def _by_session(self, request: Any) -> tuple[Any, Any] | None:
        """A page says whose it is: what was typed in it is never taken for the next one's who signs in to its browser."""
        found, whose = super().authenticate(request), request.headers.get("X-User")
        if found and whose and whose != str(found[0].pk):
            raise PermissionDenied("Somebody else is signed in to this browser by now.")
        return found  # type: ignore[no-any-return]

    def authenticate_header(self, request: Any) -> str:
        return "Bearer, Token"
