"""Background work of support access: owners are written to, and what has lasted its time ends."""

from uuid import UUID

from celery import shared_task
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from accounts.mails import About, Mail
from accounts.models import StaffAct

from . import tenancy
from .actions.support import expire_support, mark_mailed, staff_actor
from .models import SupportAccess, Workspace
from .owners import owners_of

State = SupportAccess.State
DONE = {
    "workspace:suspended": "suspended {}",
    "workspace:resumed": "lifted the suspension of {}",
    "workspace:deleted": "deleted {}",
    "workspace:restored": "brought {} back",
    "workspace:tokens_granted": "granted tokens of the AI to {}",
    "workspace:plan_changed": "put {} on another plan",
    "workspace:flag_changed": "switched something in {}",
    "audit:exported": "took out the record of {}",
    "billing:trial_granted": "gave {} a trial",
}


@shared_task
def send_support_request(workspace_id: str, access_id: str) -> None:
    """Write to each owner, once: marked in the transaction that sends."""
    with tenancy.workspace(workspace_id, atomic=True):
        rows = SupportAccess.objects.filter(workspace_id=UUID(workspace_id), mailed_at=None)
        rows = rows.select_for_update(of=("self",)).select_related("workspace", "staff", "person")
        access = rows.filter(pk=access_id).first()
        if access is None or not access.awaits:
            return
        path = reverse("support", args=[access.workspace.slug])
        words = render_to_string("workspaces/mail/support.txt", {"access": access, "url": f"{settings.SITE_URL}{path}"})
        for address in owners_of(access.workspace_id):
            subject = f"FlowBoard support asks to act as {access.person} in {access.workspace}"
            Mail(About.SUPPORT, subject, words, to=[address]).send()
        mark_mailed(access)


def sweep_support(workspace_id: str) -> None:
    """Requests whose mail was lost go out; access ends with its time."""
    with tenancy.workspace(workspace_id, atomic=True):
        rows = SupportAccess.objects.within(UUID(workspace_id)).select_related("workspace", "staff", "person")
        now = timezone.now()
        unsent = [one.pk for one in rows.filter(state=State.REQUESTED, mailed_at=None) if one.awaits]
        for access in rows.filter(state=State.GRANTED, expires_at__lte=now):
            expire_support(staff_actor(access.workspace, access.staff), access)
    for pk in unsent:
        send_support_request.delay(workspace_id, str(pk))


@shared_task
def tell_owners(workspace_id: str, act_id: str) -> None:
    """Write to each owner what the staff did, and why. Lost with its job: the record and the banner tell of it anyway."""
    act = StaffAct.objects.filter(pk=act_id, tenant=workspace_id).first()
    with tenancy.workspace(workspace_id, atomic=True):
        workspace = Workspace.objects.filter(pk=workspace_id).first()
        if act is None or workspace is None:
            return
        addresses = owners_of(workspace.pk)
    what = DONE.get(act.verb, "did something in {}").format(workspace)
    words = render_to_string("workspaces/mail/staff_act.txt", {"act": act, "workspace": workspace, "what": what})
    for address in addresses:
        Mail(About.STAFF, f"FlowBoard {what}", words, to=[address]).send()
