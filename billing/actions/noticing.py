"""Which notices wait, and that they went out. No change of the product, so nothing is recorded."""

from collections.abc import Iterable
from uuid import UUID

from django.utils import timezone

from ..models import BillingNotice


def waiting_notices(workspace_id: UUID) -> list[BillingNotice]:
    """Held until commit; what another worker holds is left to it."""
    rows = BillingNotice.objects.within(workspace_id).filter(mailed_at=None).order_by("created_at")
    return list(rows.select_for_update(of=("self",), skip_locked=True).select_related("workspace"))


def mark_mailed(workspace_id: UUID, rows: Iterable[BillingNotice]) -> None:
    """Within the same transaction."""
    BillingNotice.objects.within(workspace_id).filter(pk__in=[row.pk for row in rows]).update(mailed_at=timezone.now())
