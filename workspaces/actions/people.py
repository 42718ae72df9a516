"""The end of an account: every workspace is left, the account is nobody's, and each record forgets the name."""

from uuid import UUID

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q
from django.template.loader import render_to_string
from django.utils import timezone

from accounts.actions import erase
from accounts.mails import About, Mail
from accounts.models import Erasure, User
from accounts.reactions import tell

from .. import tenancy
from ..actor import Actor
from ..errors import Refused
from ..models import ActivityLog, Invitation, Membership, Workspace
from ..permissions import OWNER
from ..spine import ACTIONS
from .forgetting import forget_in
from .members import leave_workspace
from .sign_ins import workspaces_of


def erase_person(user: User, *, confirm: str) -> Erasure:
    """Delete one's account; `confirm` repeats its e-mail address. All of it, or nothing."""
    from ..jobs import forget_person

    if confirm.strip().lower() != user.email.lower():
        raise Refused(f"To delete your account, type your e-mail address: {user.email}.", "confirm")
    if last := last_owner_of(user):
        names = ", ".join(workspace.name for workspace in last)
        raise Refused(f"You are the last owner of {names}: make somebody else an owner, or delete it.", "confirm")
    with transaction.atomic():
        for workspace_id in workspaces_of(user):
            _leave(user, workspace_id)
        kept = erase(user)
        transaction.on_commit(lambda: forget_person.delay(str(kept.pk)), robust=True)
    return kept


ACTIONS["erase_person"] = erase_person


def _leave(user: User, workspace_id: UUID) -> None:
    with tenancy.workspace(workspace_id, atomic=True):
        rows = Membership.objects.within(workspace_id).select_related("workspace", "role", "user")
        leave_workspace(Actor.of(rows.get(user=user)))


def last_owner_of(user: User) -> list[Workspace]:
    """The workspaces that would be left without an owner."""
    with tenancy.person(user.pk, atomic=True):
        mine = Membership.objects.of(user).filter(workspace__deleted_at=None, role__level__gte=OWNER)
        owned = [row.workspace for row in mine.select_related("workspace").order_by("workspace__name")]
    return [workspace for workspace in owned if _owners(workspace) == 1]


def _owners(workspace: Workspace) -> int:
    with tenancy.workspace(workspace.pk, atomic=True):
        rows = Membership.objects.within(workspace).filter(role__level__gte=OWNER)
        return int(rows.aggregate(count=Count("pk"))["count"])


def forget_everywhere(erasure_id: UUID) -> None:
    """The rest of an erasure, workspace by workspace; it may die anywhere and be run again."""
    erasure = Erasure.objects.select_related("user").filter(pk=erasure_id).first()
    if erasure is None:
        return
    _mail(erasure)
    for workspace_id in _naming(erasure):
        forget_in(workspace_id, erasure)
    Erasure.objects.filter(pk=erasure.pk).delete()
    tell("PERSON_ERASED", erasure.email)


def _naming(erasure: Erasure) -> list[UUID]:
    """Every workspace where they ever did anything, or were invited to: also those that they left long ago."""
    acted = ActivityLog.objects.using("ops").filter(workspace_id=OuterRef("pk"), actor=erasure.user)
    invited = Invitation.objects.using("ops").filter(workspace_id=OuterRef("pk"), email=erasure.email)
    named = Workspace.objects.using("ops").filter(Q(Exists(acted)) | Q(Exists(invited)))
    return list(named.order_by("pk").values_list("pk", flat=True))


def _mail(erasure: Erasure) -> None:
    """Once: marked as sent in the transaction that sends it."""
    with transaction.atomic():
        held = Erasure.objects.select_for_update(of=("self",)).filter(pk=erasure.pk, mailed_at=None).first()
        if held is None:
            return
        words = render_to_string("accounts/mail/erased.txt", {"erasure": held})
        Mail(About.ERASED, "Your FlowBoard account is deleted", words, to=[held.email]).send()
        held.mailed_at = timezone.now()
        held.save(update_fields=["mailed_at"])
