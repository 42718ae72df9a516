"""Access tokens: of a person, and of the workspace itself."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone

from accounts.ids import uuid7
from accounts.models import User

from ..actor import Actor
from ..errors import Forbidden, Refused
from ..models import AccessToken, Membership, Role
from ..permissions import OWNER
from ..rules import line
from ..scopes import EVERYTHING, checked, must_allow
from ..spine import action, record
from ..tokens import digest, new_secret
from .members import depart, enter
from .ranks import fresh, hold, may_give

MOST = 100  # living tokens of one person, or of the workspace itself


@action
def create_token(
    by: Actor, *, name: str, scopes: Sequence[str] | None = None, expires_at: datetime | None = None
) -> tuple[AccessToken, str]:
    """A token that lets a program in as oneself; its secret is returned here and nowhere else."""
    by.in_person()
    if by.user.is_program:
        raise Forbidden("A program makes no tokens: a person of the workspace does.")
    name = line(name, "name", longest=80)
    return _make(by, by.user, AccessToken.Kind.PERSONAL, name, scopes, expires_at)


@action
def create_workspace_token(
    by: Actor, *, name: str, role: Role, scopes: Sequence[str] | None = None, expires_at: datetime | None = None
) -> tuple[AccessToken, str]:
    """A token of the workspace itself: its program is a member of that role, and stays when its maker goes."""
    by.must("token.manage")
    if by.user.is_program:
        raise Forbidden("A program makes no tokens: a person of the workspace does.")
    name = line(name, "name", longest=80)
    by = hold(by, "token.manage")
    role = fresh(by, role)
    may_give(by, role)
    if role.level >= OWNER:
        raise Refused("A program cannot own the workspace: choose a lower role.", "role")
    program = _join(by, name, role)
    return _make(by, program, AccessToken.Kind.WORKSPACE, name, scopes, expires_at, {"role": role.name})


def _join(by: Actor, name: str, role: Role) -> User:
    """The program as a person who can neither sign in nor get mail."""
    user_id = uuid7()
    program = User(id=user_id, email=f"{user_id.hex}@programs.invalid", name=name, is_program=True)
    program.set_unusable_password()
    program.save(force_insert=True)
    enter(by, program, role, program=True)
    return program


def _make(
    by: Actor, user: User, kind: str, name: str, scopes: Sequence[str] | None, expires_at: datetime | None,
    facts: dict[str, Any] | None = None,
) -> tuple[AccessToken, str]:  # fmt: skip
    _room(by, user, kind)
    secret = new_secret(by.workspace.pk)
    token = AccessToken(
        workspace=by.workspace, user=user, kind=kind, name=name, token_hash=digest(secret), scopes=_scopes(by, scopes),
        expires_at=_expiry(by, expires_at),
    )  # fmt: skip
    token.save(force_insert=True)
    record(by, "token:created", token, after=_facts(token) | (facts or {}), label=name)
    return token, secret


def _room(by: Actor, user: User, kind: str) -> None:
    rows = AccessToken.objects.within(by.workspace).filter(kind=kind, revoked_at=None)
    if kind == AccessToken.Kind.PERSONAL:
        rows = rows.filter(user=user)
    if rows.count() >= MOST:
        raise Refused(f"There are {MOST} tokens already: revoke some first.", "name")


def _scopes(by: Actor, scopes: Sequence[str] | None) -> list[str]:
    """What was asked for; a token that makes another gives at most its own."""
    if scopes is None:
        scopes = EVERYTHING if by.scopes is None else sorted(by.scopes)
    wanted = checked(scopes)
    for scope in wanted:
        must_allow(by.scopes, scope)
    return wanted


def _expiry(by: Actor, expires_at: datetime | None) -> datetime | None:
    if expires_at and expires_at <= timezone.now():
        raise Refused("This is past.", "expires_at")
    if by.until and (expires_at is None or expires_at > by.until):
        raise Refused("A token cannot make one that outlives it.", "expires_at")
    return expires_at


def _facts(token: AccessToken) -> dict[str, Any]:
    return {
        "name": token.name, "user": str(token.user_id), "kind": token.kind, "scopes": token.scopes,
        "expires": token.expires_at.isoformat() if token.expires_at else None,
    }  # fmt: skip


@action
def revoke_token(by: Actor, token: AccessToken) -> AccessToken:
    """The token stops working at once; the program of a workspace token goes with it."""
    by.in_person()
    own = token.user_id == by.user.pk
    if not own and not by.may("token.manage"):
        raise Forbidden("Only its person, or who may manage the workspace's tokens, may revoke a token.")
    token = (
        AccessToken.objects.within(by.workspace).select_related("user").select_for_update(of=("self",)).get(pk=token.pk)
    )
    if token.revoked_at:
        return token
    token.revoked_at = timezone.now()
    token.save(update_fields=["revoked_at"])
    record(by, "token:revoked", token, before=_facts(token), label=token.name)
    if token.kind == AccessToken.Kind.WORKSPACE:
        _leave(by, token.user)
    return token


def _leave(by: Actor, program: User) -> None:
    held = Membership.objects.within(by.workspace).select_related("user", "role").filter(user=program).first()
    if held:
        depart(by, held, "member:removed", program=True)
