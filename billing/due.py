"""Which workspaces the sweep has to look at: asked across all of them, through the back-office's role."""

from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from workspaces.models import Workspace

from .facts import FAILED, SOON
from .models import Billing, BillingNotice


def due() -> list[UUID]:
    """A trial or a grace that is over or ends soon, AI that is sold beyond the plan, or a notice that nobody has mailed."""
    now, here = timezone.now(), {"workspace_id": OuterRef("pk")}
    over = Q(status="trialing", subscription="", trial_end__lte=now) | Q(status__in=FAILED, grace_until__lte=now)
    over |= (
        Q(overage=True)
        | Q(trial_end__range=(now, now + SOON), subscription="")
        | Q(grace_until__range=(now, now + SOON))
    )
    lapsed = Billing._base_manager.using("ops").filter(over, **here)
    unsaid = BillingNotice._base_manager.using("ops").filter(mailed_at=None, **here)
    rows = Workspace.objects.using("ops").filter(Exists(lapsed) | Exists(unsaid), deleted_at=None)
    return list(rows.values_list("pk", flat=True))
