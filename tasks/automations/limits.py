"""That one rule does not flood a workspace: how often it may run in an hour."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from ..models import AutomationRule, AutomationRun

AN_HOUR = 300
LEFT = f"A rule runs {AN_HOUR} times an hour at most: what came after that was left."


def lately(rule: AutomationRule) -> Any:
    """Its runs of the last hour."""
    hour = timezone.now() - timedelta(hours=1)
    return AutomationRun.objects.within(rule.workspace_id).filter(rule=rule, created_at__gte=hour)


def too_many(rule: AutomationRule) -> bool:
    """Whether it has to wait."""
    return bool(lately(rule).exclude(state=AutomationRun.State.SKIPPED).count() >= AN_HOUR)


def told_already(rule: AutomationRule) -> AutomationRun | None:
    """The run that says so already: what is left besides is counted there."""
    found: AutomationRun | None = lately(rule).filter(why=LEFT).first()
    return found
