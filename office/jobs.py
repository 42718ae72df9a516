"""Background work of the back-office: workspaces that were deleted end for good. Each may run twice, and die anywhere."""

import logging
import time
from contextlib import suppress
from smtplib import SMTPRecipientsRefused
from uuid import UUID

from celery import shared_task
from django.db import IntegrityError, OperationalError
from django.template.loader import render_to_string
from kombu.exceptions import OperationalError as QueueAway

from accounts.mails import About, Mail
from workspaces import tenancy
from workspaces.errors import Refused
from workspaces.models import Workspace
from workspaces.owners import owners_of

from .actions.purging import mark_warned, purge
from .dashboard import keep_fresh
from .ending import back_until, ends_at, to_purge, to_warn, warned

log = logging.getLogger(__name__)
AT_A_TIME = 60.0  # seconds, after which other jobs have their turn


@shared_task
def end_workspaces() -> None:
    """Each hour: owners are told a week before, and what can be brought back no more goes."""
    for pk in to_warn():
        warn_owners.delay(str(pk))
    for pk in to_purge():
        purge_workspace.delay(str(pk))


@shared_task
def keep_first_page() -> None:
    """Every five minutes: the figures of the morning's page, while somebody looks at them."""
    keep_fresh()


@shared_task
def warn_owners(workspace_id: str) -> None:
    """Write to each owner when it ends, once: marked in the transaction that sends."""
    with tenancy.workspace(workspace_id, atomic=True):
        workspace = Workspace.objects.select_for_update(no_key=True).filter(pk=workspace_id).first()
        if workspace is None or workspace.deleted_at is None or warned(workspace):
            return
        words = render_to_string(
            "office/mail/ending.txt",
            {"workspace": workspace, "ends": ends_at(workspace), "back": back_until(workspace)},
        )
        for address in owners_of(workspace.pk):
            with suppress(SMTPRecipientsRefused):  # an address that is gone holds up nothing
                Mail(About.ENDING, f"{workspace} will be deleted for good", words, to=[address]).send()
        mark_warned(workspace)


@shared_task
def purge_workspace(workspace_id: str) -> None:
    """Some of it; the rest in a job of its own. What a dead worker leaves, the next hour takes up."""
    try:
        done = purge(UUID(workspace_id), until=time.monotonic() + AT_A_TIME)
    except (OperationalError, IntegrityError, Refused) as error:  # somebody is at it, a late job wrote, Stripe is away
        log.warning("a workspace waits for its end: %s", type(error).__name__)
        return
    if not done:
        with suppress(QueueAway):
            purge_workspace.delay(workspace_id)
