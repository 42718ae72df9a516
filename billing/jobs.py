"""Background work of billing. Jobs get ids and find their own context; each may run twice."""

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from uuid import UUID

from celery import shared_task
from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from kombu.exceptions import OperationalError

from workspaces import tenancy
from workspaces.actions.fitting import fit
from workspaces.actor import Actor
from workspaces.errors import Refused
from workspaces.models import ActivityLog, Workspace
from workspaces.owners import system_of

from . import seats, wire
from .actions.hearing import close_events
from .models import Billing, StripeEvent

log = logging.getLogger(__name__)
LATE = timedelta(minutes=1)
MOST_TRIES = 50  # of an event, a minute apart: then the nightly look at all of Stripe has to do
HEARD = ("customer.", "invoice.", "checkout.session.", "charge.", "payment_intent.")


@contextmanager
def waiting(what: str, workspace_id: str) -> Iterator[None]:
    """What Stripe does not do now is said in the log; the sweep or the night's look makes good."""
    try:
        yield
    except Refused as no:
        log.warning("billing: %s of %s waits: %s", what, workspace_id, no.words)


@shared_task
def take_event(event_id: str) -> None:
    """An event is a reason to look at its customer; all events of that customer that wait are dealt with by one look."""
    event = StripeEvent.objects.filter(event=event_id, done_at=None).first()
    if event is None:
        return
    if not event.type.startswith(HEARD) or not event.customer:
        close_events([event.pk], "ignored")
        return
    undone = StripeEvent.objects.filter(customer=event.customer, done_at=None)
    ids = [*undone.values_list("pk", flat=True)]
    workspace = (
        Billing._base_manager.using("ops").filter(customer=event.customer).values_list("workspace_id", flat=True)
    )
    if (found := workspace.first()) is None:
        close_events(ids, "ignored", "no workspace has this customer")
        return
    _look(found, ids)


def _look(workspace_id: UUID, ids: list[UUID]) -> None:
    from .pulling import pull

    try:
        pull(workspace_id)
    except Refused as no:
        log.warning("billing: what Stripe told of %s waits: %s", workspace_id, no.words)
        close_events(ids, "failed", no.words)
    else:
        close_events(ids, "done")


def take_soon(event_id: str) -> None:
    """What the queue does not take, the sweep finds."""
    with suppress(OperationalError):
        take_event.delay(event_id)


@shared_task
def sweep_events() -> None:
    """Each minute: events that a dead worker left, or that Stripe could not be asked about."""
    rows = StripeEvent.objects.filter(done_at=None, received_at__lt=timezone.now() - LATE, tries__lt=MOST_TRIES)
    for pk in rows.order_by("received_at").values_list("event", flat=True)[:200]:
        take_soon(pk)


def seats_soon(by: Actor, rows: Iterable[ActivityLog]) -> None:
    """After each act that may change how many members there are, or that ends the workspace; the nightly look makes good."""
    events = {row.event for row in rows} if wire.ready() else set()
    with suppress(OperationalError):
        if events & seats.EVENTS:
            count_workspace.delay(str(by.workspace.pk))
        if events & seats.ENDS:
            stop_renewing.delay(str(by.workspace.pk))


@shared_task
def stop_renewing(workspace_id: str) -> None:
    """Nobody goes on paying for a workspace that was deleted: what is paid runs out."""
    from .reconciling import let_run_out

    row = Billing._base_manager.using("ops").filter(workspace_id=UUID(workspace_id)).first()
    with waiting("the end of the subscription", workspace_id):
        if row is not None:
            let_run_out(row)


@shared_task
def count_workspace(workspace_id: str) -> None:
    """Have as many seats paid as there are members."""
    from .doing import follow_seats

    if (by := system_of(workspace_id)) is None:
        return
    with waiting("the number of seats", workspace_id):
        follow_seats(by)


@shared_task
def sweep_billing(workspace_id: str) -> None:
    """Each minute, where a trial or a grace has run out: end it, and write what is unwritten."""
    from .actions.subscribing import let_lapse, warn_of_ends
    from .metering import settle_overage
    from .notices import send_notices

    if (by := system_of(workspace_id)) is None:
        return
    let_lapse(by)
    warn_of_ends(by)
    send_notices(UUID(workspace_id))
    with waiting("the AI beyond the plan", workspace_id):
        if wire.ready():
            settle_overage(by)


def fit_soon(plan: str) -> None:
    """A plan was changed: once every process has it, see who has more than it has room for. The hourly look makes good."""
    with suppress(OperationalError):
        fit_plan.apply_async([plan], countdown=min(settings.PLANS_FRESH, 60) + 1)


@shared_task
def fit_plan(plan: str) -> None:
    """Every workspace on it."""
    own = Q(plan=plan) | Q(plan="") if plan == settings.PLAN else Q(plan=plan)
    for pk in Workspace.objects.using("ops").filter(own, deleted_at=None).values_list("pk", flat=True).iterator():
        fit_workspace.delay(str(pk))


@shared_task
def fit_workspace(workspace_id: str) -> None:
    """Say again what there is too much of."""
    if (by := system_of(workspace_id)) is not None:
        with tenancy.workspace(workspace_id, atomic=True):
            fit(by)


@shared_task
def note_use(workspace_id: str) -> None:
    """Each hour: how things stand, for the charts, and whether a limit is near."""
    from .actions.metering import note_day, note_limits

    if (by := system_of(workspace_id)) is None:
        return
    with tenancy.workspace(workspace_id, atomic=True):
        fit(by)
        note_day(by)
        note_limits(by)


@shared_task
def note_revenue() -> None:
    """Each hour: what all pay together, today and, as far as it is known only now, yesterday."""
    from .actions import revenue
    from .actions.metering import today

    for day in (today() - timedelta(days=1), today()):
        revenue.note_revenue(day)


@shared_task
def reconcile_all() -> None:
    """Each night: what differs between Stripe and us, logged and mended."""
    from .reconciling import reconcile

    if wire.ready():
        for line in reconcile(mend=True):
            log.warning("billing: %s", line)


def due_workspaces() -> list[str]:
    """Where something has run out, or is unwritten."""
    from .due import due

    return [str(pk) for pk in due()]
