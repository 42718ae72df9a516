"""Background work of workspaces. Jobs get ids and find their own context; each may run twice."""

from datetime import timedelta
from uuid import UUID

from celery import shared_task
from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from accounts.mails import About, Mail, sender_domain
from accounts.models import Erasure, SignIn

from . import tenancy
from .actions.drafts import end_old_drafts
from .actions.invitations import secret_of
from .actions.people import forget_everywhere
from .actions.sign_ins import forget_sign_ins, tell_workspaces
from .actor import Actor
from .models import Invitation, Membership

SWEPT = 1_000  # sign-ins that one sweep tells of


def invitation_url(invitation: Invitation) -> str:
    """The link that lets the invited person in."""
    path = reverse("invitation", args=[invitation.workspace_id, secret_of(invitation)])
    return f"{settings.SITE_URL}{path}"


@shared_task
def send_invitation(workspace_id: str, invitation_id: str) -> None:
    """Mail the link, once: marked as sent in the transaction that sends it.

    A worker that dies between the two sends it again, under the same Message-ID, by which mail servers know it.
    """
    with tenancy.workspace(workspace_id), transaction.atomic():
        rows = Invitation.objects.filter(workspace_id=UUID(workspace_id), sent_at=None).select_for_update(of=("self",))
        invitation = rows.select_related("workspace", "role", "invited_by").filter(pk=invitation_id).first()
        if invitation is None or invitation.state != "pending":
            return
        context = {"invitation": invitation, "url": invitation_url(invitation)}
        Mail(
            About.INVITATION,
            f"{invitation.invited_by} invites you to {invitation.workspace} on FlowBoard",
            render_to_string("workspaces/mail/invitation.txt", context),
            to=[invitation.email],
            headers={"Message-ID": f"<{invitation.pk}@{sender_domain()}>"},
        ).send()
        invitation.sent_at = timezone.now()
        invitation.save(update_fields=["sent_at"])


def tell_soon(sign_in_id: UUID) -> None:
    """Have a worker tell the person's workspaces of a sign-in."""
    tell_sign_in.delay(str(sign_in_id))


@shared_task
def tell_sign_in(sign_in_id: str) -> None:
    """Put a sign-in, or a failed one, into the record of each workspace of the person, once."""
    tell_workspaces(UUID(sign_in_id))


@shared_task
def forget_person(erasure_id: str) -> None:
    """Have every record forget a person whose account was deleted."""
    forget_everywhere(UUID(erasure_id))


@shared_task
def sweep_erasures() -> None:
    """Takes up again what a dead worker left of an erasure."""
    late = timezone.now() - timedelta(minutes=1)
    for pk in Erasure.objects.filter(asked_at__lt=late).values_list("pk", flat=True):
        forget_person.delay(str(pk))


@shared_task
def sweep_sign_ins() -> None:
    """Tells what a dead worker or an absent Redis left untold, oldest first; ends what is older than SIGN_IN_DAYS."""
    late = timezone.now() - timedelta(minutes=1)
    for pk in SignIn.objects.filter(told_at=None, created_at__lt=late).order_by("created_at").values_list("pk")[:SWEPT]:
        tell_workspaces(*pk)
    forget_sign_ins()


@shared_task
def check_record(workspace_id: str, user_id: str) -> None:
    """Check the chain for somebody who waits on the audit page."""
    from .checking import check_telling

    with tenancy.workspace(workspace_id, atomic=True):
        rows = Membership.objects.filter(workspace=workspace_id, user=user_id)
        membership = rows.select_related("workspace", "role", "user").first()
    if membership is not None:
        check_telling(Actor.of(membership))


@shared_task
def tidy_drafts(workspace_id: str) -> None:
    """End the drafts that nobody has touched for 30 days."""
    end_old_drafts(UUID(workspace_id))
