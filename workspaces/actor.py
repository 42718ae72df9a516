"""Who acts, in which workspace, through which door."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Self

from accounts.models import User

from .errors import Forbidden
from .models import Membership, Role, Workspace
from .permissions import NOT_WHILE_BEYOND, NOT_WHILE_OVER, PERMISSIONS, SUPPORT_MAY, WHILE_SUSPENDED
from .scopes import allows, must_allow, scope_of_permission

VIA = ("web", "api", "ai", "automation", "mcp", "import", "system", "support")


@dataclass(frozen=True)
class Actor:
    """The first argument of every action. `at` dates the record's rows (imports only); `cause_seq` names the row that led here."""

    workspace: Workspace
    user: User
    role: Role
    via: str = "web"
    on_behalf_of: User | None = None
    at: datetime | None = None
    cause_seq: int | None = None
    depth: int = 0
    scopes: frozenset[str] | None = None  # of the access token that lets them in; None: everything
    until: datetime | None = None  # when that token expires
    viewer: User | None = None  # who looks through these eyes, which change nothing (workspaces/viewing.py)
    staff: User | None = None  # of the support, who acts as `user` with an owner's consent (workspaces/support.py)

    @classmethod
    def of(cls, membership: Membership, via: str = "web") -> Self:
        return cls(membership.workspace, membership.user, membership.role, via)

    @property
    def level(self) -> int:
        return self.role.level

    def may(self, permission: str, subject: Any = None) -> bool:
        """Whether it is theirs to do, and can be done now."""
        return not self.waits(permission, subject) and self.holds(permission, subject)

    def waits(self, permission: str, subject: Any = None) -> bool:
        """Whether nobody may do it now: the workspace is suspended or over its seats, or the project one that the plan has no room for."""
        if self.workspace.suspended_at is not None and permission not in WHILE_SUSPENDED:
            return True
        if self.workspace.over and permission in NOT_WHILE_OVER:
            return True
        return permission in NOT_WHILE_BEYOND and getattr(subject, "read_only", False)

    def holds(self, permission: str, subject: Any = None) -> bool:
        """Whether the role, or a grant on the subject, holds the permission, and the access token its scope."""
        assert permission in PERMISSIONS, permission
        if self.staff is not None and permission not in SUPPORT_MAY:
            return False
        if self.scopes is not None and not allows(self.scopes, scope_of_permission(permission)):
            return False
        if subject is not None and hasattr(subject, "allows"):
            return bool(subject.allows(self, permission))
        return permission in self.role.allowed

    def must(self, permission: str, subject: Any = None) -> None:
        """Raises Forbidden with the permission's own sentence."""
        self.must_hold(permission, subject)
        if self.waits(permission, subject):
            from .waiting import why

            raise why(self)

    def must_hold(self, permission: str, subject: Any = None) -> None:
        """For what changes nothing, and goes on where changes wait."""
        if not self.holds(permission, subject):
            must_allow(self.scopes, scope_of_permission(permission))
            self.in_person()
            words = PERMISSIONS[permission]
            raise Forbidden(f"Your role ({self.role.name}) may not do this: {words[0].lower()}{words[1:]}.")

    def in_person(self) -> None:
        """For what is somebody's own: the support may not do it for them."""
        if self.staff is not None:
            raise Forbidden(f"The support may not do this: only {self.user} can.")

    @property
    def author(self) -> User:
        """Whom the record names."""
        return self.staff or self.user

    def through(self, via: str, **changes: Any) -> Self:
        """The same person through another door."""
        return replace(self, via=via, **changes)
