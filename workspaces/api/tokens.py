"""…/tokens/: one's own access tokens."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from ..actions import create_token, revoke_token
from ..actor import Actor
from ..models import AccessToken
from ..rest.cursor import Key, PageQuery, uuid
from ..rest.fields import Strict, Text
from ..rest.schema import describes
from ..rest.view import Endpoint, answer, nothing

NEWEST = [Key("pk", uuid, down=True)]


class TokenOut(serializers.Serializer[Any]):
    """An access token, without its secret."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True)
    revoked_at = serializers.DateTimeField(allow_null=True)


class TokenMade(TokenOut):
    """A new token."""

    token = serializers.CharField(help_text="the secret: shown here and nowhere else")


class TokenIn(Strict):
    """What to call it, and when it ends."""

    name = Text(max_length=80)
    expires_at = serializers.DateTimeField(required=False, allow_null=True)

    def validate_expires_at(self, value: Any) -> Any:
        if value and value <= timezone.now():
            raise ValidationError("This is past.")
        return value


class Tokens(Endpoint):
    """Your access tokens."""

    @describes("list_tokens", TokenOut, query=PageQuery, page=True)
    def get(self, request: Request, workspace: str) -> HttpResponse:
        """Your tokens of this workspace, newest first."""
        return self.page(_own(self.by), NEWEST, token_row)

    @describes("create_token", TokenMade, status=201, body=TokenIn)
    def post(self, request: Request, workspace: str) -> HttpResponse:
        """Make a token; keep its secret, it is not shown again."""
        token, secret = create_token(self.by, **self.given(TokenIn))
        return answer(token_row(token) | {"token": secret}, 201, Cache_Control="no-store")


class OneToken(Endpoint):
    """One access token."""

    @describes("revoke_token", status=204)
    def delete(self, request: Request, workspace: str, token: UUID) -> HttpResponse:
        """Revoke it: it stops working at once."""
        revoke_token(self.by, get_object_or_404(_own(self.by), pk=token))
        return nothing()


def _own(by: Actor) -> QuerySet[AccessToken]:
    return AccessToken.objects.within(by.workspace).filter(user=by.user)


def token_row(token: AccessToken) -> dict[str, Any]:
    """As the API says it."""
    return {
        "id": token.pk, "name": token.name, "created_at": token.created_at, "expires_at": token.expires_at,
        "revoked_at": token.revoked_at,
    }  # fmt: skip
