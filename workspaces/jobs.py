"""Background work of workspaces. Jobs get ids and find their own context; each may run twice."""

from uuid import UUID

from celery import shared_task
from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from . import tenancy
from .actions.invitations import secret_of
from .actor import Actor
from .models import Invitation, Membership


def invitation_url(invitation: Invitation) -> str:
    """The link that lets the invited person in."""
    path = reverse("invitation", args=[invitation.workspace_id, secret_of(invitation)])
    return f"{settings.SITE_URL}{path}"


@shared_task
def send_invitation(workspace_id: str, invitation_id: str) -> None:
    """Mail the link, once: marked as sent in the transaction that sends it."""
    with tenancy.workspace(workspace_id), transaction.atomic():
        rows = Invitation.objects.filter(workspace_id=UUID(workspace_id), sent_at=None).select_for_update(of=("self",))
        invitation = rows.select_related("workspace", "role", "invited_by").filter(pk=invitation_id).first()
        if invitation is None or invitation.state != "pending":
            return
        context = {"invitation": invitation, "url": invitation_url(invitation)}
        send_mail(
            f"{invitation.invited_by} invites you to {invitation.workspace} on FlowBoard",
            render_to_string("workspaces/mail/invitation.txt", context),
            None,
            [invitation.email],
        )
        invitation.sent_at = timezone.now()
        invitation.save(update_fields=["sent_at"])


@shared_task
def check_record(workspace_id: str, user_id: str) -> None:
    """Check the chain for somebody who waits on the audit page."""
    from .checking import check_telling

    with tenancy.workspace(workspace_id, atomic=True):
        rows = Membership.objects.filter(workspace=workspace_id, user=user_id)
        membership = rows.select_related("workspace", "role", "user").first()
    if membership is not None:
        check_telling(Actor.of(membership))
