"""Whose rights a rule has: its keeper's, as they are now."""

from workspaces.actor import Actor
from workspaces.models import Membership

from ..actions.automations import LEFT
from ..models import AutomationRule


def keeper_of(rule: AutomationRule) -> Actor | None:
    """The keeper as an actor; None where they are no member any more, or may not come in."""
    rows = Membership.objects.within(rule.workspace_id).filter(user=rule.keeper_id, user__is_active=True)
    membership = rows.select_related("workspace", "role", "user").first() if rule.keeper_id else None
    return Actor.of(membership, via="automation") if membership else None


def why_not(by: Actor | None, rule: AutomationRule) -> str:
    """Why a rule of this keeper cannot go on, or "". What only waits, as in a project that the plan has no room for, ends no rule."""
    if by is None:
        return LEFT
    if not by.holds("automation.manage"):
        return "Its keeper may no longer keep rules. Whoever switches it on keeps it from then on."
    if rule.project is None:
        return ""
    if rule.project.deleted_at or rule.project.archived_at:
        return f"The project {rule.project.key} was {'deleted' if rule.project.deleted_at else 'archived'}."
    if not by.holds("task.edit", rule.project):
        return f"Its keeper may no longer change tasks in {rule.project.key}."
    return ""
