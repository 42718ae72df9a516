"""Mails to owners about plan and payment: each notice once, whichever worker comes first."""

from uuid import UUID

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from accounts.mails import About, Mail, sender_domain
from workspaces import tenancy
from workspaces.owners import owners_of

from .actions.noticing import mark_mailed, waiting_notices
from .models import BillingNotice
from .words import words_of


def send_notices(workspace_id: UUID) -> int:
    """Marked in the transaction that sends; a worker that dies between the two sends it again under the same Message-ID."""
    with tenancy.workspace(workspace_id, atomic=True):
        rows = waiting_notices(workspace_id)
        for row in rows:
            _send(row)
        mark_mailed(workspace_id, rows)
    return len(rows)


def _send(row: BillingNotice) -> None:
    subject, paragraphs = words_of(row.kind, row.workspace, row.facts)
    path = reverse("billing", args=[row.workspace.slug])
    context = {"paragraphs": paragraphs, "url": f"{settings.SITE_URL}{path}", "workspace": row.workspace}
    body = render_to_string("billing/mail/notice.txt", context)
    for number, address in enumerate(owners_of(row.workspace_id)):
        Mail(
            About.BILLING, subject, body, to=[address], headers={"Message-ID": f"<{row.pk}.{number}@{sender_domain()}>"}
        ).send()
