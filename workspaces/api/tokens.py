"""…/tokens/: one's own access tokens, and for who manages them those of everybody and of the workspace itself."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from ..actions import create_token, create_workspace_token, revoke_token
from ..actor import Actor
from ..models import AccessToken
from ..rest.cursor import Key, PageQuery, uuid
from ..rest.fields import Choice, Strict, Text, Whole, Words
from ..rest.schema import describes
from ..rest.view import Endpoint, answer, nothing
from ..scopes import SCOPES
from .roles import find_role

NEWEST = [Key("pk", uuid, down=True)]
KINDS = AccessToken.Kind.values
LONGEST_DAYS = 3650


class TokenPerson(serializers.Serializer[Any]):
    """Whom a token acts as."""

    id = serializers.UUIDField()
    name = serializers.CharField()


class TokenOut(serializers.Serializer[Any]):
    """An access token, without its secret."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=KINDS, help_text="workspace: it acts as a program of the workspace")
    person = TokenPerson(help_text="whom it acts as")
    scopes = serializers.ListField(child=serializers.ChoiceField(choices=list(SCOPES)))
    created_at = serializers.DateTimeField()
    last_used_at = serializers.DateTimeField(allow_null=True, help_text="to the minute")
    expires_at = serializers.DateTimeField(allow_null=True, help_text="null: it lasts until it is revoked")
    revoked_at = serializers.DateTimeField(allow_null=True)


class TokenMade(TokenOut):
    """A new token."""

    token = serializers.CharField(help_text="the secret: shown here and nowhere else")


class TokenIn(Strict):
    """What to call it, what it may do, and when it ends: `expires_at` or `days`, or neither."""

    name = Text(max_length=80)
    kind = Choice(choices=KINDS, default="personal", help_text="workspace needs the permission token.manage")
    scopes = Words(
        most=len(SCOPES), longest=40, required=False, help_text="read and write unless told: " + ", ".join(SCOPES)
    )
    role = Text(max_length=40, required=False, help_text="of a workspace token: key, name or id; member unless told")
    expires_at = serializers.DateTimeField(required=False, allow_null=True)
    days = Whole(min_value=1, max_value=LONGEST_DAYS, required=False)

    def validate_expires_at(self, value: Any) -> Any:
        if value and value <= timezone.now():
            raise ValidationError("This is past.")
        return value

    def validate(self, attrs: Any) -> Any:
        if attrs.get("expires_at") and "days" in attrs:
            raise ValidationError({"days": ["Say when it ends once: days or expires_at."]})
        if "role" in attrs and attrs["kind"] == AccessToken.Kind.PERSONAL:
            raise ValidationError({"role": ["A personal token has the role of its person."]})
        return attrs


class Tokens(Endpoint):
    """Access tokens."""

    @describes("list_tokens", TokenOut, query=PageQuery, page=True)
    def get(self, request: Request, workspace: str) -> HttpResponse:
        """Your tokens of this workspace, newest first; everybody's where you may manage them."""
        return self.page(seen(self.by), NEWEST, token_row)

    @describes("create_token", TokenMade, status=201, body=TokenIn)
    def post(self, request: Request, workspace: str) -> HttpResponse:
        """Make a token; keep its secret, it is not shown again."""
        token, secret = _make(self.by, **self.given(TokenIn))
        return answer(token_row(token) | {"token": secret}, 201, Cache_Control="no-store")


class OneToken(Endpoint):
    """One access token."""

    @describes("revoke_token", status=204)
    def delete(self, request: Request, workspace: str, token: UUID) -> HttpResponse:
        """Revoke it: it stops working at once."""
        revoke_token(self.by, get_object_or_404(seen(self.by), pk=token))
        return nothing()


def _make(by: Actor, *, kind: str, role: str = "member", days: int = 0, **asked: Any) -> tuple[AccessToken, str]:
    if days:
        asked["expires_at"] = timezone.now() + timedelta(days=days)
    if kind == AccessToken.Kind.PERSONAL:
        return create_token(by, **asked)
    by.must("token.manage")
    return create_workspace_token(by, role=find_role(by, role), **asked)


def seen(by: Actor) -> QuerySet[AccessToken]:
    """The tokens that the actor may look at and revoke."""
    rows = AccessToken.objects.within(by.workspace).select_related("user")
    return rows if by.holds("token.manage") else rows.filter(user=by.user)


def token_row(token: AccessToken) -> dict[str, Any]:
    """As the API says it."""
    return {
        "id": token.pk, "name": token.name, "kind": token.kind, "person": {"id": token.user_id, "name": str(token.user)},
        "scopes": token.scopes, "created_at": token.created_at, "last_used_at": token.last_used_at,
        "expires_at": token.expires_at, "revoked_at": token.revoked_at,
    }  # fmt: skip
