"""Programs that are signed in: they begin with a session of allauth's, refresh in turn, and end with it.

A refresh token is good once. One that comes again was copied, by whom cannot be known: the whole sign-in ends.
"""

from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module
from uuid import uuid4

from allauth.core import context
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase, UpdateError
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from . import jwt_tokens, keys
from .actions import note_sign_in
from .endings import end_session
from .jwt_tokens import Bearer
from .models import ProgramSession, SignIn, User

SCHEME = "bearer "
SETTLES = timedelta(minutes=10)  # a sign-in stands before its session is saved


@dataclass(frozen=True)
class Tokens:
    """What a program gets."""

    access_token: str
    refresh_token: str
    expires_in: int = int(keys.ACCESS.total_seconds())


def begin(user: User, session: SessionBase) -> Tokens:
    """The first tokens of a session that has just been signed in."""
    assert session.session_key
    program = ProgramSession(
        user=user, session_key=session.session_key, auth_hash=user.get_session_auth_hash(), newest=uuid4()
    )
    ProgramSession.objects.filter(session_key=session.session_key).delete()
    program.save(force_insert=True)
    return _tokens(program)


def refresh(token: str) -> Tokens | None:
    """The next tokens; None when this one is not, or no longer, good."""
    bearer = jwt_tokens.read(token, "refresh")
    if bearer is None:
        return None
    with transaction.atomic():
        here = ProgramSession.objects.filter(pk=bearer.program.pk, newest=bearer.jti)
        program, now = bearer.program, timezone.now()
        program.newest = uuid4()
        if here.update(newest=program.newest, refreshed_at=now):
            return _tokens(program) if _keep(program) else None
    _reused(bearer)
    return None


def bearer_in(header: str) -> str | None:
    """The token in `Authorization: Bearer …`, None for another scheme, whose name may be in any case (RFC 9110)."""
    return header[len(SCHEME) :].strip() if header[: len(SCHEME)].lower() == SCHEME else None


def find(token: str) -> Bearer | None:
    """Whom an access token lets in."""
    return jwt_tokens.read(token, "access")


def forget_ended() -> None:
    """What is left of sign-ins whose session is gone."""
    alive = Session.objects.filter(session_key=OuterRef("session_key"), expire_date__gt=timezone.now())
    old = ProgramSession.objects.filter(~Exists(alive), created_at__lt=timezone.now() - SETTLES)
    old.delete()


def _tokens(program: ProgramSession) -> Tokens:
    return Tokens(jwt_tokens.access_token(program), jwt_tokens.refresh_token(program))


def _keep(program: ProgramSession) -> bool:
    """A session that is used lives on; False when it has just ended."""
    session = import_module(settings.SESSION_ENGINE).SessionStore(program.session_key)
    if SESSION_KEY not in session:
        return False
    try:
        session.save()
    except UpdateError:
        return False
    UserSession.objects.filter(session_key=program.session_key).update(last_seen_at=timezone.now())
    return True


def _reused(bearer: Bearer) -> None:
    """Ended, and noted where the person sees it."""
    end_session(bearer.program.session_key)
    if context.request is not None:
        note_sign_in(context.request, SignIn.Outcome.FAILED, user=bearer.user, method="refresh token used twice")
