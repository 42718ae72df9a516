"""What the end of a session means to the apps above: its sockets close at once."""

from collections.abc import Iterable

from allauth.usersessions.adapter import DefaultUserSessionsAdapter
from allauth.usersessions.models import UserSession

from realtime import doorbell


class SessionsAdapter(DefaultUserSessionsAdapter):
    """Ends sessions in the database and in the cache, then hangs up."""

    def end_sessions(self, sessions: Iterable[UserSession]) -> None:
        for session in sessions:
            session.end()
            doorbell.hang_up(session.session_key)
