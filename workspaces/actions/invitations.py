"""Invitations by e-mail link: they expire, can be revoked, and let one person in once."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.models import User

from .. import flags, tenancy
from ..actor import Actor
from ..errors import Refused
from ..models import Invitation, Membership, Role
from ..permissions import MEMBER
from ..plans import must_fit
from ..spine import ACTIONS, acting, action, record
from ..tokens import digest
from .ranks import fresh, hold, may_give, wait

LASTS = timedelta(days=7)
MOST_PENDING = 200
MOST_MAILS, AN_HOUR = 5, timedelta(hours=1)  # to one address


def secret_of(invitation: Invitation) -> str:
    """The secret in the link: 256 bits derived from SECRET_KEY, so that it need not be stored to be sent again."""
    return salted_hmac("workspaces.invitation", invitation.pk.hex, algorithm="sha256").hexdigest()


@action
def invite_member(by: Actor, *, email: str, role: Role) -> Invitation:
    """Invite by e-mail, to at most one's own role. A pending invitation of the same address is replaced."""
    from ..jobs import send_invitation

    by.must("member.invite")
    by = hold(by, "member.invite")
    if flags.has(by.workspace, "invitations_off"):
        raise Refused("Invitations are switched off for this workspace by FlowBoard: write to the support.", "email")
    email, role = _address(by, email), fresh(by, role)
    may_give(by, role)
    _not_again_and_again(by, email)
    pending = Invitation.objects.within(by.workspace).filter(
        accepted_at=None, revoked_at=None, expires_at__gt=timezone.now()
    )
    if pending.count() >= MOST_PENDING:
        raise Refused(f"{MOST_PENDING} invitations are pending: revoke some first.", "email")
    for older in pending.filter(email=email):
        revoke_invitation(by, older)
    must_fit(by, "seats" if role.level >= MEMBER else "guests")
    invitation = Invitation(
        workspace=by.workspace, email=email, role=role, invited_by=by.user, expires_at=timezone.now() + LASTS
    )
    invitation.token_hash = digest(secret_of(invitation))
    invitation.save(force_insert=True)
    record(by, "invitation:created", invitation, after={"email": email, "role": role.name}, label=email)
    ids = str(by.workspace.pk), str(invitation.pk)
    transaction.on_commit(lambda: send_invitation.delay(*ids), robust=True)
    return invitation


def _not_again_and_again(by: Actor, email: str) -> None:
    """Each invitation is a mail to somebody who has not asked for it."""
    recent = Invitation.objects.within(by.workspace).filter(email=email, created_at__gt=timezone.now() - AN_HOUR)
    if recent.count() >= MOST_MAILS:
        words = f"{email} was invited {MOST_MAILS} times within an hour: wait, or send them the link yourself."
        raise Refused(words, "email")


def _address(by: Actor, email: str) -> str:
    email = str(email).strip().lower()
    try:
        validate_email(email)
    except ValidationError as error:
        raise Refused("That is not an e-mail address.", "email") from error
    if len(email) > 254:
        raise Refused("An e-mail address has at most 254 characters.", "email")
    if Membership.objects.within(by.workspace).filter(user__email__iexact=email).exists():
        raise Refused(f"{email} is a member already.", "email")
    return email


@action
def revoke_invitation(by: Actor, invitation: Invitation) -> Invitation:
    """The link stops working."""
    by.must_hold("member.invite")
    invitation = Invitation.objects.within(by.workspace).select_for_update().get(pk=invitation.pk)
    if invitation.accepted_at or invitation.revoked_at:
        return invitation
    invitation.revoked_at = timezone.now()
    invitation.save(update_fields=["revoked_at"])
    record(by, "invitation:revoked", invitation, before={"email": invitation.email}, label=invitation.email)
    return invitation


def accept_invitation(user: User, invitation: Invitation) -> Membership:
    """Join, once. The person becomes an actor of the workspace by this very act."""
    with tenancy.workspace(invitation.workspace_id), transaction.atomic():
        wait(invitation.workspace_id)
        held = Invitation.objects.filter(workspace=invitation.workspace_id).select_for_update(of=("self",))
        held = held.select_related("role", "workspace").get(pk=invitation.pk)
        if held.state != "pending":
            raise Refused(f"This invitation is {held.state}: ask for a new one.")
        there = (
            Membership.objects.within(held.workspace_id).select_related("workspace", "role").filter(user=user).first()
        )
        if there:
            return there
        return _join(user, held)


ACTIONS["accept_invitation"] = accept_invitation


def _join(user: User, invitation: Invitation) -> Membership:
    membership = Membership(workspace=invitation.workspace, user=user, role=invitation.role)
    by = Actor.of(membership)
    with acting(by):
        # the invitation holds the place, unless the plan has shrunk since
        must_fit(by, "seats" if invitation.role.level >= MEMBER else "guests", 0)
        membership.save(force_insert=True)
        invitation.accepted_at = timezone.now()
        invitation.save(update_fields=["accepted_at"])
        facts = {"user": str(user.pk), "role": invitation.role.name}
        record(by, "member:joined", membership, after=facts, label=str(user))
    return membership
