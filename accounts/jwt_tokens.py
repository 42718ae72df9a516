"""Programs' tokens: a short access token and a refresh token that is good once, both bound to a session.

What a token says is believed when the key that it names verifies it, and its session, its person and their password
still stand as they did: one statement asks all of it each time, so that nothing ended is accepted for another second.
"""

import time
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.db import connection
from django.utils.crypto import constant_time_compare

from . import keys
from .models import ProgramSession, User

LONGEST = 2_000  # characters
LEEWAY = 10  # seconds between the clocks of two machines
CLAIMS = ("exp", "iat", "jti", "sid", "sub", "token_use")
PROGRAM = [field.attname for field in ProgramSession._meta.concrete_fields]
PERSON = [field.attname for field in User._meta.concrete_fields]
LIVING = (
    f"SELECT k.public, {', '.join(f'p.{name}' for name in PROGRAM)}, {', '.join(f'u.{name}' for name in PERSON)}"
    " FROM accounts_programsession p"
    " JOIN accounts_signingkey k ON k.kid = %s AND (k.expires_at IS NULL OR k.expires_at > statement_timestamp())"
    " JOIN django_session s ON s.session_key = p.session_key AND s.expire_date > statement_timestamp()"
    " JOIN accounts_user u ON u.id = p.user_id AND u.is_active WHERE p.id = %s"
)


@dataclass(frozen=True)
class Bearer:
    """Who a token stands for; `jti` tells one token from another."""

    program: ProgramSession
    user: User
    jti: UUID


def access_token(program: ProgramSession) -> str:
    """For five minutes."""
    return _signed("access", program, uuid4(), keys.ACCESS.total_seconds())


def refresh_token(program: ProgramSession) -> str:
    """The session's newest: `program.newest` is its id."""
    return _signed("refresh", program, program.newest, keys.REFRESH.total_seconds())


def _signed(use: str, program: ProgramSession, jti: UUID, seconds: float) -> str:
    import jwt

    key, now = keys.signing_key(), int(time.time())
    claims = {
        "iat": now, "exp": now + int(seconds), "jti": str(jti), "sid": str(program.pk), "sub": str(program.user_id), "token_use": use,
    }  # fmt: skip
    return jwt.encode(claims, keys.private_part(key), algorithm=keys.ALGORITHM, headers={"kid": key.kid})


def read(token: str, use: str) -> Bearer | None:
    """Whom the token stands for, now; None for one that is forged, of another use, expired, or whose session has ended."""
    kid, sid = _unverified(token)
    found = _living(kid, sid) if sid else None
    if found is None:
        return None
    public, program, user = found
    claims = _verified(token, public)
    fits = claims.get("token_use") == use and claims.get("sid") == str(program.pk) and claims.get("sub") == str(user.pk)
    jti = _uuid(claims.get("jti"))
    return Bearer(program, user, jti) if fits and jti and _same_password(program, user) else None


def _same_password(program: ProgramSession, user: User) -> bool:
    known = (user.get_session_auth_hash(), *user.get_session_auth_fallback_hash())
    return any(constant_time_compare(program.auth_hash, one) for one in known)


def _unverified(token: str) -> tuple[str, UUID | None]:
    """What the token names to be looked up by; nothing of it is believed yet."""
    import jwt

    try:
        if len(token) > LONGEST or not token.isascii():
            return "", None
        said = jwt.decode_complete(token, options={"verify_signature": False})
    except (jwt.PyJWTError, ValueError, RecursionError):
        return "", None
    kid = said["header"].get("kid")
    return (kid, _uuid(said["payload"].get("sid"))) if isinstance(kid, str) and "\0" not in kid else ("", None)


def _verified(token: str, public: str) -> dict[str, Any]:
    """Its claims, when the key made its signature and it has not expired; of algorithms there is one."""
    import jwt

    try:
        return jwt.decode(
            token, keys.public_part(public), algorithms=[keys.ALGORITHM], leeway=LEEWAY,
            options={"require": list(CLAIMS), "verify_aud": False, "verify_iss": False},
        )  # fmt: skip
    except (jwt.PyJWTError, ValueError, TypeError):
        return {}


def _living(kid: str, sid: UUID) -> tuple[str, ProgramSession, User] | None:
    with connection.cursor() as cursor:
        cursor.execute(LIVING, [kid, sid])
        row = cursor.fetchone()
    if row is None:
        return None
    program = ProgramSession.from_db("default", PROGRAM, row[1 : 1 + len(PROGRAM)])
    user = User.from_db("default", PERSON, row[1 + len(PROGRAM) :])
    program.user = user
    return row[0], program, user


def _uuid(value: Any) -> UUID | None:
    """As this program writes one: no other spelling."""
    try:
        made = UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return made if made and str(made) == value else None
