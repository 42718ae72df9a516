"""Owners are written to when a month's budget runs low: once for each budget and month, whichever worker comes first."""

from uuid import UUID

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from accounts.mails import About, Mail
from workspaces import tenancy
from workspaces.owners import owners_of

from ..budget import period, stand
from ..models import AIBudget, AISettings
from ..reading.months import Month


def send_warnings(workspace_id: UUID) -> int:
    """Marked in the transaction that sends; a worker that comes at the same time leaves the row alone."""
    with tenancy.workspace(workspace_id, atomic=True):
        rows = AIBudget.objects.within(workspace_id).filter(period=period(), mailed_at=None, warned_at__isnull=False)
        rows = rows.select_for_update(of=("self",), skip_locked=True).select_related("workspace")
        sent = [row for row in rows if _send(row)]
        for row in sent:
            row.mailed_at = timezone.now()
            row.save(update_fields=["mailed_at"])
    return len(sent)


def _send(row: AIBudget) -> bool:
    """Unless the AI was switched off, or a larger plan has made room meanwhile."""
    chosen = AISettings.objects.within(row.workspace_id).filter(enabled=True).first()
    found = stand(row.workspace, row.kind, chosen.own_tokens) if chosen else None
    if found is None or not found.low:
        return False
    month = Month.now()
    path = reverse("ai_usage", args=[row.workspace.slug])
    context = {
        "workspace": row.workspace, "percent": found.percent, "used": found.used, "limit": found.limit, "kind": row.kind, "full": found.full,
        "month": month.first, "next": month.next.first, "url": f"{settings.SITE_URL}{path}",
    }  # fmt: skip
    subject = f"{row.workspace} has used {found.percent} % of its AI budget"
    for address in owners_of(row.workspace_id):
        Mail(About.AI, subject, render_to_string("ai/mail/low.txt", context), to=[address]).send()
    return True
