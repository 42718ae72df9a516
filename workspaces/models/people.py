"""Workspaces and who belongs to them."""

from datetime import date
from typing import Any, ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from accounts.ids import uuid7
from accounts.models import User

from ..constraints import MembershipIsolation, RoleIsolation, TenantForeignKey, WorkspaceIsolation
from ..permissions import OPEN_TO_ROLES, SYSTEM_ROLES
from ..scoping import TenantQuerySet
from .base import KEY, TENANT, TenantModel


class Workspace(models.Model):
    """A tenant: one company's or team's boards, people and record."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=80)
    slug = models.SlugField(max_length=40, unique=True)
    plan = models.CharField(max_length=20, blank=True, help_text="free, pro, enterprise; empty for the operator's own")
    require_mfa = models.BooleanField(
        "second factor required", default=False, help_text="members without one see nothing but how to set it up"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)
    warned_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="when its owners were told that it goes for good"
    )
    suspended_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="since when nothing can be changed"
    )
    suspended_why = models.CharField(
        max_length=500, blank=True, db_default="", editable=False, help_text="as its people read it"
    )
    extra_ai_tokens = models.PositiveBigIntegerField(
        default=0, db_default=0, editable=False, help_text="granted for extra_month"
    )
    paid_ai_tokens = models.PositiveBigIntegerField(
        default=0, db_default=0, editable=False, help_text="a month beyond the plan's, for which its owners pay at most"
    )
    over = models.CharField(
        max_length=10,
        blank=True,
        db_default="",
        editable=False,
        help_text="what there is more of than the plan has room for: nothing changes until it fits",
    )
    extra_month = models.DateField(null=True, blank=True, editable=False, help_text="the first day of it, UTC")

    flags = ArrayField(
        models.CharField(max_length=40),
        default=list,
        db_default=[],
        blank=True,
        editable=False,
        help_text="of workspaces/flags.py",
    )

    class Meta:
        constraints = [WorkspaceIsolation(name="workspace_rls")]
        permissions = [
            ("flag_workspace", "Can switch flags of a workspace"),
            ("suspend_workspace", "Can suspend and resume a workspace"),
            ("hold_workspace", "Can delete a workspace, and bring it back"),
            ("plan_workspace", "Can put a workspace on a plan that is not paid through Stripe"),
            ("grant_workspace", "Can grant a workspace tokens"),
            ("annotate_workspace", "Can write notes about a workspace"),
            ("take_record_workspace", "Can take out a workspace's record for its owners"),
        ]

    def __str__(self) -> str:
        return self.name

    def granted_tokens(self, month: date) -> int:
        """Tokens of the AI beyond the plan's, in that month."""
        return self.extra_ai_tokens if self.extra_month == month else 0


class Role(TenantModel):
    """What a member may do: a system role (its permissions stand in code) or a custom one."""

    name = models.CharField(max_length=40)
    key = models.CharField(max_length=10, blank=True, help_text="owner, admin, member, guest; empty for a custom role")
    description = models.CharField(max_length=200, blank=True)
    level = models.PositiveSmallIntegerField(default=20)
    permissions = ArrayField(models.CharField(max_length=40), default=list, blank=True)

    class Meta:
        constraints = [
            *KEY,
            RoleIsolation(name="role_rls"),
            models.UniqueConstraint(fields=["workspace", "name"], name="role_name"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def allowed(self) -> frozenset[str]:
        """The names of permissions.PERMISSIONS that this role holds."""
        return SYSTEM_ROLES[self.key].permissions if self.key else OPEN_TO_ROLES.intersection(self.permissions)

    @property
    def words(self) -> str:
        """What it is for."""
        return SYSTEM_ROLES[self.key].sentence if self.key else self.description

    def is_within(self, other: "Role") -> bool:
        """Whether it has neither a level nor a permission that the other one lacks: whoever holds that may give this."""
        return self.level <= other.level and self.allowed <= other.allowed

    def narrowed(self, other: "Role") -> "Role":
        """This role without what the other one lacks; never saved."""
        if self.is_within(other):
            return self
        permissions, level = sorted(self.allowed & other.allowed), min(self.level, other.level)
        return Role(id=self.pk, workspace_id=self.workspace_id, name=self.name, level=level, permissions=permissions)


class MembershipQuerySet(TenantQuerySet):
    """Also reads one person's own memberships across their workspaces."""

    def of(self, user: User) -> Self:
        """For work inside `tenancy.person(user)`: the policy shows that person's rows and no others."""
        rows = self.filter(user=user)
        rows._told = True
        return rows


class Membership(TenantModel):
    """A person in a workspace."""

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    role = models.ForeignKey(Role, models.PROTECT, db_constraint=False, db_index=False, related_name="memberships")
    joined_at = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[Any] = models.Manager.from_queryset(MembershipQuerySet)()

    class Meta:
        constraints = [
            *KEY,
            MembershipIsolation(name="membership_rls"),
            TenantForeignKey(field="role", name="membership_role_tenant", on_delete=""),
            models.UniqueConstraint(fields=["workspace", "user"], name="membership_once"),
        ]
        indexes = [models.Index(fields=["workspace", "role"], name="membership_role")]

    def __str__(self) -> str:
        return f"{self.user} in {self.workspace_id}"


class Invitation(TenantModel):
    """A link by e-mail that lets one person in, once, until it expires or is revoked."""

    email = models.EmailField(max_length=254)
    role = models.ForeignKey(Role, models.CASCADE, db_constraint=False, db_index=False, related_name="+")
    token_hash = models.CharField(max_length=64)
    invited_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            *TENANT,
            TenantForeignKey(field="role", name="invitation_role_tenant"),
            models.UniqueConstraint(fields=["workspace", "token_hash"], name="invitation_token"),
        ]
        indexes = [models.Index(fields=["workspace", "created_at"], name="invitation_newest")]

    def __str__(self) -> str:
        return self.email

    @property
    def state(self) -> str:
        """pending, accepted, revoked or expired."""
        if self.accepted_at:
            return "accepted"
        if self.revoked_at:
            return "revoked"
        return "expired" if self.expires_at <= timezone.now() else "pending"


class AccessToken(TenantModel):
    """Lets a program in as a member, within its scopes; only the SHA-256 of the token is kept."""

    class Kind(models.TextChoices):
        PERSONAL = "personal", "Acts as the person who made it"
        WORKSPACE = "workspace", "Acts as a program of the workspace"

    user = models.ForeignKey(User, models.CASCADE, related_name="+", help_text="whom it acts as")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.PERSONAL)
    name = models.CharField(max_length=80)
    scopes = ArrayField(models.CharField(max_length=40), default=list, blank=True, help_text="empty: none")
    token_hash = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            *TENANT,
            models.UniqueConstraint(fields=["workspace", "token_hash"], name="accesstoken_hash"),
        ]

    def __str__(self) -> str:
        return self.name


class IdempotencyKey(TenantModel):
    """The answer once given to a change with an Idempotency-Key, kept for 24 hours."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    request_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    headers = models.JSONField(default=dict)
    body = models.BinaryField(default=b"")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            *TENANT,
            models.UniqueConstraint(fields=["workspace", "user", "key"], name="idempotencykey_once"),
        ]
        indexes = [models.Index(fields=["workspace", "created_at"], name="idempotencykey_age")]

    def __str__(self) -> str:
        return self.key
