"""Settings of the back-office."""

import environ
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse_lazy

env = environ.Env()
ANNOUNCEMENTS_FRESH = 30.0  # seconds after which a process reads the announcements again
# answers that take longer are noted for the back-office; 0: none
SLOW_PAGE_MS = env.int("SLOW_PAGE_MS", default=1000)


def _item(title: str, icon: str, model: str) -> dict[str, object]:
    """A line of the side for whoever may see that list."""
    app, _, name = model.partition(".")

    def allowed(request: HttpRequest) -> bool:
        return bool(request.user.has_perm(f"{app}.view_{name}"))

    return {"title": title, "icon": icon, "link": reverse_lazy(f"admin:{app}_{name}_changelist"), "permission": allowed}


UNFOLD = {
    "SITE_TITLE": "FlowBoard back-office",
    "SITE_HEADER": "FlowBoard back-office",
    "SITE_URL": "/",
    "SIDEBAR": {
        "show_search": True,
        "show_all_applications": True,
        "navigation": [
            {
                "title": "",
                "items": [
                    {"title": "Today", "icon": "monitoring", "link": reverse_lazy("admin:index")},
                    _item("Workspaces", "domain", "workspaces.workspace"),
                    _item("People", "person", "accounts.user"),
                    _item("Support access", "shield_person", "workspaces.supportaccess"),
                    _item("Deleted for good", "delete_forever", "office.tombstone"),
                    _item("Announcements", "campaign", "office.announcement"),
                    _item("Staff acts", "history_edu", "accounts.staffact"),
                ],
            },
            {
                "title": "Money",
                "separator": True,
                "items": [
                    _item("Plans", "sell", "billing.plan"),
                    _item("Subscriptions", "credit_card", "billing.billing"),
                    _item("Invoices", "receipt_long", "billing.invoice"),
                    _item("Days of revenue", "show_chart", "billing.revenueday"),
                    _item("Events of Stripe", "webhook", "billing.stripeevent"),
                    _item("Use of the AI", "token", "ai.aiusage"),
                    _item("Prices of models", "payments", "ai.modelprice"),
                ],
            },
            {
                "title": "Running it",
                "separator": True,
                "items": [
                    _item("Failed jobs", "error", "office.failedjob"),
                    _item("Automations", "bolt", "tasks.automationrule"),
                    _item("Mails", "mail", "office.mailsent"),
                    _item("Slow pages", "speed", "office.slowpage"),
                    _item("Turned away", "block", "office.turnedaway"),
                    _item("Wordings of the AI", "edit_note", "ai.promptversion"),
                    _item("Sign-ins", "login", "accounts.signin"),
                ],
            },
        ],
    },
    "DASHBOARD_CALLBACK": "office.dashboard.panels",
    "SITE_SYMBOL": "view_kanban",
    "STYLES": [lambda request: static("css/office.css")],
    "COLORS": {
        "primary": {
            shade: f"oklch({light}% {chroma} 272)"
            for shade, light, chroma in (
                ("50", 97, 0.014), ("100", 94, 0.03), ("200", 88, 0.06), ("300", 79, 0.1), ("400", 68, 0.15), ("500", 59, 0.19),
                ("600", 52, 0.21), ("700", 46, 0.19), ("800", 39, 0.15), ("900", 33, 0.11), ("950", 24, 0.07),
            )
        }
    },
}  # fmt: skip
