"""/api/v1/auth/: how a program signs in as a person, keeps its tokens fresh, and signs out.

The work is allauth's headless API; what stands here says it in the words of the rest: strict input, problems, a schema.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

import orjson
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.headless.account.views import LoginView, SessionView
from allauth.headless.constants import Client
from allauth.headless.mfa.views import AuthenticateView
from allauth.usersessions.models import UserSession
from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request

from accounts import programs
from accounts.endings import end_session, session_id

from ..answers import problem
from ..errors import Forbidden
from ..rest.fields import Strict, Text
from ..rest.schema import describes
from ..rest.view import Endpoint, answer, nothing
from ..tokens import Unauthenticated

LONGEST_SECRET = 2_000
SECRET = {"style": {"input_type": "password"}}
UNCONFIRMED = "Confirm the e-mail address first: the link is in the mail that was just sent."


class SignInIn(Strict):
    """E-mail address and password."""

    email = Text(max_length=254)
    password = Text(max_length=1_000)


class SecondFactorIn(Strict):
    """What the first step answered, and the code."""

    session_token = Text(max_length=64)
    code = Text(max_length=32, help_text="six digits of the app, or a recovery code")


class RefreshIn(Strict):
    """The newest refresh token."""

    refresh_token = Text(max_length=LONGEST_SECRET)


class TokensOut(serializers.Serializer[Any]):
    """Both tokens. A refresh token is good once: keep the one that came last."""

    access_token = serializers.CharField(help_text="for `Authorization: Bearer …`")
    refresh_token = serializers.CharField(help_text="good once, for 14 days")
    expires_in = serializers.IntegerField(help_text="seconds that the access token is good for")


class FactorOut(serializers.Serializer[Any]):
    """The password was right, and a second factor is needed."""

    next = serializers.CharField(help_text="second_factor")
    types = serializers.ListField(child=serializers.CharField(), help_text="totp, recovery_codes, webauthn")
    session_token = serializers.CharField(help_text="for the next step")


class SessionOut(serializers.Serializer[Any]):
    """Where you are signed in."""

    id = serializers.CharField()
    agent = serializers.CharField(help_text="what the browser or program calls itself")
    address = serializers.CharField()
    created_at = serializers.DateTimeField()
    last_seen_at = serializers.DateTimeField()
    current = serializers.BooleanField(help_text="whether it is the one that asks")


class Entrance(Endpoint):
    """Anybody may knock."""

    authentication_classes = ()
    permission_classes = ()


class SignIn(Entrance):
    """The first step."""

    @extend_schema(
        operation_id="sign_in",
        request=SignInIn,
        responses={200: TokensOut, 202: OpenApiResponse(FactorOut, "A second factor is needed")},
        auth=[],
    )
    def post(self, request: Request) -> HttpResponse:
        """Sign in with a password. 202: a second factor is needed, and `session_token` is for that step."""
        return _entered(*_through(request._request, _views()["sign_in"], self.given(SignInIn)))


class SecondFactor(Entrance):
    """The second step, for whoever has a second factor."""

    @extend_schema(operation_id="give_second_factor", request=SecondFactorIn, responses={200: TokensOut}, auth=[])
    def post(self, request: Request) -> HttpResponse:
        """Finish a sign-in with the code of an app, or with a recovery code."""
        given = self.given(SecondFactorIn)
        token = given.pop("session_token")
        return _entered(*_through(request._request, _views()["factor"], given, session_token=token))


class Refresh(Entrance):
    """Fresh tokens."""

    @extend_schema(operation_id="refresh_tokens", request=RefreshIn, responses={200: TokensOut}, auth=[])
    def post(self, request: Request) -> HttpResponse:
        """The next pair of tokens. A refresh token that was used before ends the whole sign-in."""
        tokens = programs.refresh(self.given(RefreshIn)["refresh_token"])
        if tokens is None:
            raise Unauthenticated(
                "The refresh token is unknown, expired or used, or its session has ended: sign in again."
            )
        return answer(vars(tokens), Cache_Control="no-store")


class OwnSession(Endpoint):
    """The session that asks."""

    @describes("sign_out", status=204, tag="auth")
    def delete(self, request: Request) -> HttpResponse:
        """Sign out: tokens, sockets and the session itself end at once."""
        _in_person(request)
        if hasattr(request._request, "program"):
            _through(request._request, _views()["sign_out"], None, keep=True)
        else:
            logout(request._request)
        return nothing()


class Sessions(Endpoint):
    """Everywhere you are signed in, browsers and programs."""

    @describes("list_sessions", SessionOut(many=True))
    def get(self, request: Request) -> HttpResponse:
        """Your sessions, newest first."""
        _in_person(request)
        rows = sorted(_own(request), key=lambda one: one.created_at, reverse=True)
        return answer([_row(one, _key(request)) for one in rows], Cache_Control="no-store")

    @describes("end_other_sessions", status=204)
    def delete(self, request: Request) -> HttpResponse:
        """Sign out everywhere else."""
        _in_person(request)
        for one in _own(request):
            if one.session_key != _key(request):
                end_session(one.session_key)
        return nothing()


class OneSession(Endpoint):
    """One of your sessions."""

    @describes("end_session", status=204)
    def delete(self, request: Request, session: str) -> HttpResponse:
        """Sign out there; its tokens and sockets end at once."""
        _in_person(request)
        found = next((one for one in _own(request) if session_id(one.session_key) == session), None)
        if found is None:
            raise Http404
        end_session(found.session_key)
        return nothing()


@cache
def _views() -> dict[str, Callable[..., HttpResponse]]:
    kinds = {"sign_in": LoginView, "factor": AuthenticateView, "sign_out": SessionView}
    return {name: kind.as_api_view(client=Client.APP) for name, kind in kinds.items()}


def _through(
    request: HttpRequest, view: Callable[..., HttpResponse], body: Any, *, session_token: str = "", keep: bool = False
) -> tuple[int, dict[str, Any]]:
    """allauth's own answer to this body; whom else the request speaks for means nothing to it, unless `keep`."""
    request._body = orjson.dumps(body) if body is not None else b""  # type: ignore[attr-defined]
    if not keep:
        request.META.pop("HTTP_AUTHORIZATION", None)
    request.META["HTTP_X_SESSION_TOKEN"] = session_token
    request.__dict__.pop("headers", None)  # which Django has read before
    try:
        response = view(request)
    except ImmediateHttpResponse as early:
        response = early.response
    try:
        return response.status_code, orjson.loads(response.content)
    except orjson.JSONDecodeError:
        return response.status_code, {}


def _entered(status: int, said: dict[str, Any]) -> HttpResponse:
    """Tokens, the step that is still to come, or a problem."""
    meta = said.get("meta") or {}
    if "access_token" in meta:
        return answer(
            {name: meta[name] for name in ("access_token", "refresh_token", "expires_in")}, Cache_Control="no-store"
        )
    pending = next((flow for flow in (said.get("data") or {}).get("flows", ()) if flow.get("is_pending")), {})
    if pending.get("id") == "mfa_authenticate" and "session_token" in meta:
        next_step = {"next": "second_factor", "types": pending.get("types", []), "session_token": meta["session_token"]}
        return answer(next_step, 202, Cache_Control="no-store")
    if pending.get("id") == "verify_email":
        return problem(403, UNCONFIRMED)
    return _refused(status, said)


def _refused(status: int, said: dict[str, Any]) -> HttpResponse:
    faults = said.get("errors") or []
    words = " ".join(dict.fromkeys(fault["message"] for fault in faults))
    if status == 429 or any("too_many" in fault["code"] for fault in faults):
        response = problem(429, words or "Too many attempts: try again in a few minutes.")
        response["Retry-After"] = "300"
        return response
    if status in (400, 401, 409, 410):
        return problem(401, words or "This sign-in cannot go on: begin again.")
    return problem(status, words or "This is not possible.")


def _in_person(request: Request) -> None:
    """An access token is for one workspace's work."""
    if hasattr(request._request, "access_token"):
        raise Forbidden("An access token may not look after sessions: sign in.")


def _key(request: Request) -> str:
    program = getattr(request._request, "program", None)
    return program.session_key if program else str(request._request.session.session_key)


def _own(request: Request) -> list[UserSession]:
    return UserSession.objects.purge_and_list(request.user)


def _row(one: UserSession, current: str) -> dict[str, Any]:
    return {
        "id": session_id(one.session_key), "agent": one.user_agent, "address": one.ip, "created_at": one.created_at,
        "last_seen_at": one.last_seen_at, "current": one.session_key == current,
    }  # fmt: skip
