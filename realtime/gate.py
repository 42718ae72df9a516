"""Who knocks: Origin, session, access token or signed-in program, membership. Everything is asked before the first row goes out."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.http.cookie import parse_cookie
from django.http.request import split_domain_port, validate_host
from django.utils.crypto import constant_time_compare
from django.utils.http import is_same_domain

from accounts.models import User
from workspaces import scopes

from .entrance import Entrance
from .socket import Code
from .storage import Look

PROTOCOL = "flowboard"
TOKEN_PROTOCOL = "flowboard.token."


class Refusal(Exception):
    """The code that the socket is closed with."""

    def __init__(self, code: Code) -> None:
        super().__init__(code.name)
        self.code = code


@dataclass(frozen=True)
class Guest:
    """Somebody who may listen, and by which session or token."""

    user_id: str
    look: Look
    session_key: str = ""
    auth_hash: str = ""
    token_id: str = ""


async def admit(scope: dict[str, Any], slug: str, entrance: Entrance) -> Guest:
    """The person behind the handshake; raises Refusal."""
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    check_origin(scope["scheme"], headers)
    if secret := _secret(scope, headers):
        return await (_by_program if secret.count(".") == 2 else _by_token)(secret, slug, entrance)
    return await _by_session(headers, slug, entrance)


def check_origin(scheme: str, headers: dict[str, str]) -> None:
    """Browsers always send it, and cookies with it; programs send none, and must know a secret anyway."""
    origin = headers.get("origin")
    if origin is None or origin in settings.CSRF_TRUSTED_ORIGINS or _is_own(origin, scheme, headers):
        return
    try:
        parts = urlsplit(origin)
    except ValueError:  # "http://["
        parts = urlsplit("")
    wild = (urlsplit(trusted) for trusted in settings.CSRF_TRUSTED_ORIGINS if "://*." in trusted)
    if not any(one.scheme == parts.scheme and is_same_domain(parts.netloc, one.netloc.lstrip("*")) for one in wild):
        raise Refusal(Code.REFUSED)


def _is_own(origin: str, scheme: str, headers: dict[str, str]) -> bool:
    """The very host and port that was asked, if it is one of ours."""
    host = headers.get("host", "")
    proxy = settings.SECURE_PROXY_SSL_HEADER
    behind_tls = proxy and headers.get(proxy[0].removeprefix("HTTP_").replace("_", "-").lower()) == proxy[1]
    ours = validate_host(split_domain_port(host)[0], settings.ALLOWED_HOSTS)
    return ours and origin == f"{'https' if behind_tls or scheme == 'wss' else 'http'}://{host}"


def _secret(scope: dict[str, Any], headers: dict[str, str]) -> str:
    """The token, of either kind: in the header, or in a subprotocol where a browser's API knows no headers."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if scheme == "Token" or scheme.lower() == "bearer":
        return token.strip() or "none"
    return next(
        (name.removeprefix(TOKEN_PROTOCOL) for name in scope["subprotocols"] if name.startswith(TOKEN_PROTOCOL)), ""
    )


def chosen_protocol(scope: dict[str, Any]) -> str | None:
    """A browser that offers subprotocols expects one of them back: the one without the secret, if it can be."""
    offered = scope["subprotocols"]
    if PROTOCOL in offered:
        return PROTOCOL
    return next((name for name in offered if name.startswith(TOKEN_PROTOCOL)), None)


async def _by_token(secret: str, slug: str, entrance: Entrance) -> Guest:
    token = await entrance.tokens.answer(secret)
    if token is None:
        raise Refusal(Code.SESSION)
    if not scopes.allows(token.scopes, scopes.READ):  # rows of every area go out here
        raise Refusal(Code.MEMBERSHIP)
    guest = await _enter(entrance, str(token.user_id), slug, token_id=str(token.pk))
    if guest.look.stream.workspace_id != str(token.workspace_id):
        raise Refusal(Code.MEMBERSHIP)
    return guest


async def _by_program(secret: str, slug: str, entrance: Entrance) -> Guest:
    """It stays for as long as its session does, though the token that opened it lasts five minutes."""
    bearer = await entrance.programs.answer(secret)
    if bearer is None:
        raise Refusal(Code.SESSION)
    program = bearer.program
    return await _enter(
        entrance, str(program.user_id), slug, session_key=program.session_key, auth_hash=program.auth_hash
    )


async def _by_session(headers: dict[str, str], slug: str, entrance: Entrance) -> Guest:
    key = parse_cookie(headers.get("cookie", "")).get(settings.SESSION_COOKIE_NAME, "")
    # a quoted cookie can hold anything, even a NUL that the database refuses: no key of ours looks like that
    session = (await entrance.sessions.answer(key) if key.isascii() and key.isalnum() else None) or {}
    if session.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS or SESSION_KEY not in session:
        raise Refusal(Code.SESSION)
    auth_hash = session.get(HASH_SESSION_KEY, "")
    return await _enter(entrance, session[SESSION_KEY], slug, session_key=key, auth_hash=auth_hash)


async def _enter(entrance: Entrance, user_id: str, slug: str, **credential: str) -> Guest:
    caller = await entrance.callers.answer((slug, user_id))
    if caller is None or not caller.is_active:
        raise Refusal(Code.SESSION)
    if "auth_hash" in credential and not fits(caller.password, credential["auth_hash"]):
        raise Refusal(Code.SESSION)
    if caller.look and user_id in caller.look.barred:
        raise Refusal(Code.SECOND_FACTOR)
    if caller.look is None or user_id not in caller.look.eyes:
        raise Refusal(Code.MEMBERSHIP)
    if caller.look.suspended:
        raise Refusal(Code.SUSPENDED)
    return Guest(user_id, caller.look, **credential)


def fits(password: str, auth_hash: str) -> bool:
    """Whether a session was made with this password, as Django's own `get_user` asks it."""
    user = User(password=password)
    known = (user.get_session_auth_hash(), *user.get_session_auth_fallback_hash())
    return any(constant_time_compare(auth_hash, one) for one in known)
