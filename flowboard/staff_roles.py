"""The staff's roles, as groups with exactly these permissions: made anew after each migration, so that the code says who may what.

None but superusers reads what customers write (titles, texts, files, the record). An operator's own groups stand beside these.
"""

from typing import Any

from django.contrib.auth.models import Group, Permission

EVERYBODY = ("workspaces.view_workspace", "office.view_tombstone", "accounts.view_staffact")
ROLES: dict[str, tuple[str, ...]] = {
    # people who cannot get in, workspaces that ask for help
    "Support": (
        *EVERYBODY, "workspaces.view_membership", "workspaces.view_invitation", "workspaces.view_role", "workspaces.view_supportaccess",
        "workspaces.add_supportaccess", "accounts.view_user", "accounts.view_signin", "account.view_emailaddress", "account.change_emailaddress",
        "mfa.view_authenticator", "mfa.delete_authenticator", "socialaccount.view_socialaccount", "accounts.view_guess",
        "office.view_mailsent", "office.view_turnedaway", "office.view_announcement", "office.add_announcement", "office.change_announcement",
        "workspaces.suspend_workspace", "workspaces.flag_workspace", "workspaces.hold_workspace", "workspaces.grant_workspace", "workspaces.annotate_workspace",
    ),
    # plans, payment, what the AI costs
    "Finance": (
        *EVERYBODY, "workspaces.view_membership", "workspaces.grant_workspace", "workspaces.plan_workspace", "workspaces.annotate_workspace", "billing.view_plan", "billing.change_plan", "billing.add_plan", "billing.view_billing", "billing.view_invoice", "billing.view_revenueday", "billing.view_stripeevent", "billing.change_stripeevent",
        "ai.view_aiusage", "ai.view_aibudget", "ai.view_modelprice", "ai.change_modelprice", "ai.add_modelprice",
    ),
    # what runs, and what does not
    "Engineer": (
        *EVERYBODY, "workspaces.view_stream", "workspaces.view_idempotencykey", "tasks.view_importrun", "tasks.view_delivery", "tasks.view_automationrule", "tasks.view_automationrun", "ai.view_aiusage",
        "workspaces.flag_workspace", "workspaces.annotate_workspace", "ai.view_airun", "ai.view_aireservation", "ai.view_prompt", "ai.view_promptversion", "ai.change_promptversion", "ai.view_promptcase",
        "ai.add_promptcase", "ai.change_promptcase", "ai.view_prompttrial", "ai.view_modelprice", "ai.change_modelprice", "ai.add_modelprice",
        "accounts.view_signingkey", "accounts.view_pushkey", "office.view_failedjob", "office.change_failedjob", "office.view_mailsent",
        "office.view_slowpage", "office.view_turnedaway", "office.view_announcement", "office.add_announcement", "office.change_announcement",
    ),
}  # fmt: skip


def keep_roles(using: str = "default", **_: Any) -> None:
    """The groups as they stand here; the people in them stay."""
    known = {
        f"{one.content_type.app_label}.{one.codename}": one
        for one in Permission.objects.using(using).select_related("content_type")
    }
    for name, permissions in ROLES.items():
        group, _made = Group.objects.using(using).get_or_create(name=name)
        group.permissions.set([known[one] for one in permissions if one in known])
