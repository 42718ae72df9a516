"""Access tokens of one's own."""

from datetime import datetime

from django.utils import timezone

from ..actor import Actor
from ..errors import Forbidden
from ..models import AccessToken
from ..rules import line
from ..spine import action, record
from ..tokens import digest, new_secret


@action
def create_token(by: Actor, *, name: str, expires_at: datetime | None = None) -> tuple[AccessToken, str]:
    """A token that lets a program in as oneself; its secret is returned here and nowhere else."""
    secret = new_secret(by.workspace.pk)
    token = AccessToken(
        workspace=by.workspace,
        user=by.user,
        name=line(name, "name", longest=80),
        scopes=["read", "write"],
        token_hash=digest(secret),
        expires_at=expires_at,
    )
    token.save(force_insert=True)
    record(by, "token:created", token, after={"name": token.name, "user": str(by.user.pk)}, label=token.name)
    return token, secret


@action
def revoke_token(by: Actor, token: AccessToken) -> AccessToken:
    """The token stops working at once."""
    if token.user_id != by.user.pk and not by.may("member.remove"):
        raise Forbidden("Only its owner, or who may remove members, may revoke a token.")
    token = AccessToken.objects.within(by.workspace).select_for_update().get(pk=token.pk)
    if token.revoked_at:
        return token
    token.revoked_at = timezone.now()
    token.save(update_fields=["revoked_at"])
    record(by, "token:revoked", token, before={"name": token.name, "user": str(token.user_id)}, label=token.name)
    return token
