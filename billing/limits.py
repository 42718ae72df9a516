"""The plans with their limits, as the operator has them in the back-office: what workspaces/plans.py asks (flowboard/panels.py)."""

import logging
import time
from dataclasses import dataclass

from django.conf import settings
from django.db import DatabaseError

from workspaces.plans import PLANS, Plan

from .models import Plan as PlanRow

log = logging.getLogger(__name__)


@dataclass
class _Kept:
    """What this process has read last, and when."""

    at: float
    plans: dict[str, Plan]


_kept = _Kept(float("-inf"), PLANS)


def plans() -> dict[str, Plan]:
    """By key; at most PLANS_FRESH seconds old, so that a plan that was changed holds everywhere within seconds."""
    if time.monotonic() - _kept.at > settings.PLANS_FRESH:
        refresh()
    return _kept.plans


def refresh() -> None:
    """Read them now; while the database is away, the last ones hold."""
    _kept.at = time.monotonic()
    try:
        _kept.plans = PLANS | {row.key: row.limits() for row in PlanRow.objects.all()}
    except DatabaseError as error:
        log.warning("the plans cannot be read: %s", error)


def forget() -> None:
    """Back to those of the code."""
    _kept.at, _kept.plans = float("-inf"), PLANS
