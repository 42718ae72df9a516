"""How much of its plan a workspace uses of what this app keeps."""

from datetime import date
from uuid import UUID

from .budget import period
from .models import AIBudget


def tokens_used(workspace_id: UUID, month: date | None = None) -> int:
    """This month, or that which begins on the given day; of the plan's."""
    rows = AIBudget.objects.within(workspace_id).filter(period=month or period(), kind=AIBudget.Kind.PLAN)
    return int(rows.values_list("used", flat=True).first() or 0)
