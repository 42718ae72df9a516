"""The back-office of workspaces, their people and their record."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from . import models, support_admin  # noqa: F401  (registers its own page)
from .actor import VIA
from .backoffice import TenantAdmin, WorkspaceFilter, one_of, show
from .permissions import SYSTEM_ROLES

ROLES = list(SYSTEM_ROLES)
SUBJECTS = (
    "task",
    "comment",
    "checklistitem",
    "attachment",
    "label",
    "status",
    "project",
    "membership",
    "invitation",
    "supportaccess",
    "accesstoken",
    "workspace",
)


show(models.Role, columns="name key level", search="name key", filters=[one_of("key", ROLES)])
show(
    models.Membership,
    columns="user role joined_at",
    search="user__email user__name",
    filters=[one_of("role__key", ROLES, "role"), "joined_at"],
    joins="user role",
)
show(models.Invitation, columns="email role invited_by created_at expires_at accepted_at revoked_at", search="email",
     filters=["created_at", ("accepted_at", admin.EmptyFieldListFilter)], joins="role invited_by")  # fmt: skip
show(models.AccessToken, columns="name user created_at last_used_at expires_at revoked_at", search="name user__email",
     filters=["created_at", ("revoked_at", admin.EmptyFieldListFilter)], joins="user")  # fmt: skip
show(
    models.IdempotencyKey,
    columns="key user status created_at",
    search="key user__email",
    filters=["created_at"],
    joins="user",
)


@admin.register(models.Draft)
class DraftAdmin(TenantAdmin):
    """That there is one; what somebody has not said yet is not read here either."""

    list_display = ("place", "user", "updated_at", "workspace")
    search_fields = ("user__email",)
    list_filter = (WorkspaceFilter, "updated_at")
    list_select_related = ("workspace", "user")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [name for name in super().get_fields(request, obj) if name != "text"]


show(models.Stream, columns="head floor epoch", search="workspace__name")
show(
    models.ChangeSet,
    columns="title kind state actor created_at",
    search="title",
    filters=["kind", "state", "created_at"],
    joins="actor",
)
show(models.ActivityLog, columns="seq event subject_key subject_label actor via created_at", search="event subject_key subject_label",
     filters=[one_of("via", VIA), one_of("subject_type", SUBJECTS, "subject"), "created_at"], joins="actor")  # fmt: skip
