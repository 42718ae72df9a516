"""Where a workspace stands, for the staff: plan, use, people, life, health. No word of what its people write."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, Sum
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import timezone

from accounts.ids import key_at
from accounts.models import StaffAct, User
from ai.budget import limit_of, period
from ai.models import AIBudget, AIUsage
from billing.models import Billing
from billing.templatetags.billing import money as written
from tasks.models import Delivery, ImportRun
from workspaces import tenancy
from workspaces.models import ActivityLog, Invitation, Membership, Stream, SupportAccess, Workspace
from workspaces.plans import plan_of, used

SHOWN = 20
WEEK, MONTH = timedelta(days=7), timedelta(days=30)


@dataclass(frozen=True)
class Rows:
    """A list of the back-office, and who may see it."""

    address: str
    permission: str


@dataclass(frozen=True)
class Fact:
    """A line of a card; `rows` are those behind it."""

    name: str
    value: Any
    rows: Rows | None = None
    bad: bool = False


@dataclass(frozen=True)
class Use:
    """How much of a limit is taken; `most` None: as much as they like."""

    name: str
    used: int
    most: int | None
    size: bool = False

    @property
    def words(self) -> str:
        shown = filesizeformat if self.size else "{:,}".format
        return f"{shown(self.used)} of {shown(self.most)}" if self.most is not None else f"{shown(self.used)}, no limit"

    @property
    def percent(self) -> int:
        return min(100, 100 * self.used // self.most) if self.most else 0


def listed(model: str, workspace: Workspace, **more: str) -> Rows:
    """The list of a model's rows of this workspace."""
    asked = "".join(f"&{name}={value}" for name, value in more.items())
    app, _, name = model.partition("_")
    return Rows(f"{reverse(f'admin:{model}_changelist')}?workspace={workspace.pk}{asked}", f"{app}.view_{name}")


def for_eyes(user: User, facts: list[Fact]) -> list[Fact]:
    """Without links into lists that this role does not see."""
    return [one if one.rows is None or user.has_perm(one.rows.permission) else replace(one, rows=None) for one in facts]


def uses(workspace: Workspace) -> list[Use]:
    """What the plan limits, and how much of it is taken."""
    plan = plan_of(workspace)
    with tenancy.workspace(workspace.pk, atomic=True):
        month = AIBudget.objects.within(workspace).filter(period=period(), kind=AIBudget.Kind.PLAN).first()
        tokens = Use("Tokens of the AI this month", month.used if month else 0, limit_of(workspace, AIBudget.Kind.PLAN, None))  # fmt: skip
        counts = [(name, kind, getattr(plan, kind)) for name, kind in (("Seats", "seats"), ("Projects", "projects"))]
        found = [Use(name, used(workspace, kind), most) for name, kind, most in counts]
        return [*found, Use("Files", used(workspace, "storage"), plan.storage, size=True), tokens]


def people(workspace: Workspace) -> dict[str, Any]:
    """How many in each role, and who owns it."""
    rows = _ops(Membership).filter(workspace=workspace, user__is_program=False)
    counts = rows.values("role__name").annotate(count=Count("pk")).order_by("-role__level")
    owners = rows.filter(role__key="owner").select_related("user")[:SHOWN]
    return {"counts": list(counts), "owners": [row.user for row in owners], "address": listed("workspaces_membership", workspace).address}  # fmt: skip


def life(workspace: Workspace) -> list[Fact]:
    """When it was made, when somebody last did something, how many are there these days."""
    rows = _ops(ActivityLog).filter(workspace=workspace).exclude(via__in=("support", "system"))
    newest: datetime | None = rows.order_by("-pk").values_list("created_at", flat=True).first()
    week = rows.filter(pk__gte=key_at(timezone.now() - WEEK)).aggregate(rows=Count("pk"), people=Count("actor", distinct=True))  # fmt: skip
    return [
        Fact("Made", workspace.created_at),
        Fact("Last activity", newest or "none yet"),
        Fact("People who did something in 7 days", week["people"]),
        Fact("Changes in 7 days", week["rows"], listed("workspaces_activitylog", workspace)),
    ]


def health(workspace: Workspace) -> list[Fact]:
    """What waits or went wrong."""
    here, since = {"workspace": workspace}, timezone.now() - WEEK
    late = timezone.now() - timedelta(minutes=10)
    unsent = (
        _ops(Invitation).filter(**here, sent_at=None, revoked_at=None, accepted_at=None, created_at__lt=late).count()
    )
    imports = _ops(ImportRun).filter(**here, state="failed", pk__gte=key_at(since)).count()
    overdue = _ops(Delivery).filter(**here, ended_at=None, due_at__lt=late).count()
    refused = _ops(AIUsage).filter(**here, pk__gte=key_at(since)).exclude(outcome="ok").count()
    head = _ops(Stream).filter(**here).values_list("head", flat=True).first()
    return [
        Fact("Rows in the record", head or 0, listed("workspaces_activitylog", workspace)),
        Fact("Invitations not sent", unsent, listed("workspaces_invitation", workspace), bool(unsent)),
        Fact("Mails and pushes overdue", overdue, listed("tasks_delivery", workspace), bool(overdue)),
        Fact("Imports that failed in 7 days", imports, listed("tasks_importrun", workspace), bool(imports)),
        Fact("Questions to the AI that failed in 7 days", refused, listed("ai_aiusage", workspace), bool(refused)),
    ]


def money(workspace: Workspace) -> list[Fact]:
    """What it pays, and what its questions to the operator's AI cost."""
    row = _ops(Billing).filter(workspace=workspace).first()
    spent = _ops(AIUsage).filter(workspace=workspace, pk__gte=key_at(timezone.now() - MONTH)).aggregate(cost=Sum("cost_micros"))  # fmt: skip
    found = [Fact("Plan", plan_of(workspace).name), Fact("AI in 30 days", written((spent["cost"] or 0) / 10_000), listed("ai_aiusage", workspace))]  # fmt: skip
    if workspace.granted_tokens(period()):
        found.append(Fact("Tokens granted this month", f"{workspace.extra_ai_tokens:,}"))
    if row is None:
        return [*found, Fact("Subscription", "none")]
    address = listed("billing_billing", workspace)
    found.append(Fact("Subscription", row.get_status_display(), address))
    if row.trial_end:
        found.append(Fact("Trial ends", row.trial_end))
    if row.subscribed:
        found.append(Fact("Pays a month", written(row.month_cents, row.currency), address))
        found += [Fact("Seats paid for", row.seats), Fact("Paid until", row.period_end)]
    return found


def acts(workspace: Workspace) -> list[StaffAct]:
    """What the staff did and noted here, newest first."""
    return list(
        StaffAct.objects.filter(tenant=workspace.pk)
        .exclude(verb__startswith="look at")
        .select_related("staff")
        .order_by("-pk")[:SHOWN]
    )


def admitted(workspace: Workspace, staff: User) -> dict[str, Any]:
    """Support access: what this staff has, and where to ask for it."""
    rows = _ops(SupportAccess).filter(workspace=workspace).select_related("staff", "person").order_by("-pk")
    running = next((one for one in rows.filter(staff=staff, state="granted")[:SHOWN] if one.running), None)
    return {"running": running, "open": rows.filter(Q(state="requested") | Q(state="granted")).count(), "address": listed("workspaces_supportaccess", workspace).address}  # fmt: skip


def _ops(model: Any) -> Any:
    return model._base_manager.using("ops")


def find(pk: UUID) -> Workspace | None:
    """Any workspace, also a deleted one."""
    return _ops(Workspace).filter(pk=pk).first()  # type: ignore[no-any-return]
