"""The plans that the code ships: laid down once each."""

from ..models import Plan
from ..shipped import shipped


def ship_plans(using: str) -> None:
    """Those that are not there yet; what the operator changed stays."""
    known = set(Plan.objects.using(using).values_list("key", flat=True))
    Plan.objects.using(using).bulk_create([Plan(**row) for row in shipped() if row["key"] not in known])
