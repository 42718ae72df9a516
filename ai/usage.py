"""How much of its plan a workspace uses of what this app keeps."""

from uuid import UUID

from .budget import period
from .models import AIBudget


def tokens_used(workspace_id: UUID) -> int:
    """This month, of the plan's."""
    rows = AIBudget.objects.within(workspace_id).filter(period=period(), kind=AIBudget.Kind.PLAN)
    return int(rows.values_list("used", flat=True).first() or 0)
