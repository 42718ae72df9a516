"""The back-office of projects and tasks."""

from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from workspaces.backoffice import TenantAdmin, WorkspaceFilter, one_of, show

from . import models

ARCHIVED = ("archived_at", admin.EmptyFieldListFilter)
DELETED = ("deleted_at", admin.EmptyFieldListFilter)

show(
    models.Project,
    columns="key name private created_at archived_at",
    search="key name",
    filters=["private", "created_at", ARCHIVED, DELETED],
)
show(models.ProjectGrant, columns="user content_object permission", search="user__email content_object__key",
     filters=[one_of("permission__codename", models.GRANTS, "permission")], joins="user content_object permission__content_type")  # fmt: skip
show(models.TaskGrant, columns="user content_object permission", search="user__email content_object__title",
     filters=[one_of("permission__codename", ("view_task", "comment_task", "edit_task"), "permission")], joins="user content_object permission__content_type")  # fmt: skip
show(
    models.Status,
    columns="name project category wip_limit",
    search="name project__key",
    filters=["category", DELETED],
    joins="project",
)
show(
    models.StatusTally,
    columns="status open",
    search="status__name",
    filters=[one_of("status__category", models.Status.Category.values)],
    joins="status",
)
show(
    models.Label, columns="name project color", search="name project__key", filters=["color", DELETED], joins="project"
)
show(models.Task, columns="ref title status priority due creator updated_at", search="title project__key",
     filters=["priority", one_of("status__category", models.Status.Category.values), "created_at", ARCHIVED, DELETED], joins="project status creator")  # fmt: skip
show(
    models.Dependency,
    columns="blocked blocking created_at",
    search="blocked__title blocking__title",
    joins="blocked blocking",
)
show(
    models.Assignment,
    columns="task user",
    search="task__title user__email",
    filters=[("task__archived_at", admin.EmptyFieldListFilter)],
    joins="task user",
)
show(
    models.TaskLabel,
    columns="task label",
    search="task__title label__name",
    filters=[one_of("label__color", models.COLORS)],
    joins="task label",
)
show(models.ChecklistItem, columns="text task done", search="text task__title", filters=["done", DELETED], joins="task")
show(models.Comment, columns="__str__ task author author_name created_at", search="body author__email author_name",
     filters=["created_at", DELETED], joins="task author")  # fmt: skip
show(
    models.Attachment,
    columns="name url task created_at",
    search="name url",
    filters=["created_at", DELETED],
    joins="task",
)
show(
    models.FormerAddress,
    columns="project number task",
    search="task__title project__key",
    filters=[],
    joins="project task",
)
show(models.ImportRun, columns="file_name kind state user project created_at finished_at", search="file_name error user__email",
     filters=["state", "created_at"], joins="user project")  # fmt: skip
show(models.Delivery, columns="user channel kind due_at tries ended_at outcome", search="user__email",
     filters=["channel", "kind", "outcome", "due_at"], joins="user")  # fmt: skip
show(
    models.NotificationSchedule,
    columns="user hour days remind_before remind_on_day paused_until",
    search="user__email",
    filters=["days"],
    joins="user",
)
show(models.ReminderClock, columns="until", search="workspace__slug", filters=["until"])
show(models.Notification, columns="user reason needs_me task project count told_at read_at done_at", search="user__email task__title",
     filters=["reason", "needs_me", "told_at"], joins="user task project")  # fmt: skip
show(models.Watch, columns="user level why task project created_at", search="user__email", filters=["level", "why"],
     joins="user task project")  # fmt: skip
show(models.NotificationPreference, columns="user reason muted mail push", search="user__email", filters=["reason", "muted"],
     joins="user")  # fmt: skip
show(models.AutomationMonth, columns="month runs", search="workspace__slug", filters=["month"])
show(models.AutomationCursor, columns="workspace seq", search="workspace__slug", filters=[], joins="workspace")
show(models.NotificationCursor, columns="workspace seq", search="workspace__slug", filters=[], joins="workspace")


class Health(admin.SimpleListFilter):
    """Rules that do not do what they should."""

    title = parameter_name = "health"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("failing", "failing"), ("stopped", "switched off by failure")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        rows = queryset.filter(failures__gt=0, deleted_at=None) if self.value() else queryset
        return rows.filter(on=self.value() == "failing") if self.value() else rows


class Wordless(TenantAdmin):
    """How rules fare, without the words of customers: neither what they are called nor what they say."""

    hidden: tuple[str, ...] = ()

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        return [name for name in super().get_fields(request, obj) if name not in self.hidden]


@admin.register(models.AutomationRule)
class AutomationRuleAdmin(Wordless):
    hidden = ("name", "when", "conditions", "steps", "off_why")
    list_display = ("pk", "keeper", "project_id", "on", "failures", "created_at", "workspace")
    search_fields = ("keeper__email",)
    list_filter = (WorkspaceFilter, Health, "on", "created_at")
    list_select_related = ("workspace", "keeper")


@admin.register(models.AutomationRun)
class AutomationRunAdmin(Wordless):
    hidden = ("why", "task")
    list_display = ("pk", "rule_id", "state", "seq", "depth", "left", "created_at", "workspace")
    search_fields = ("once",)
    list_filter = (WorkspaceFilter, one_of("state", models.AutomationRun.State.values), "created_at")
