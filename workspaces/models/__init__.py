"""The tenant, its people, and its record."""

from .base import TENANT, TenantModel
from .drafts import Draft
from .people import AccessToken, IdempotencyKey, Invitation, Membership, Role, Workspace
from .record import ActivityLog, ChangeSet, Stream
from .support import SupportAccess

__all__ = [
    "TENANT",
    "AccessToken",
    "ActivityLog",
    "ChangeSet",
    "Draft",
    "IdempotencyKey",
    "Invitation",
    "Membership",
    "Role",
    "Stream",
    "SupportAccess",
    "TenantModel",
    "Workspace",
]
