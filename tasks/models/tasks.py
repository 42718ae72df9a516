"""Tasks: the cards, and who and what hangs on them."""

from datetime import datetime
from typing import Any, ClassVar, Self

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from guardian.managers import UserObjectPermissionManager
from guardian.models import UserObjectPermissionBase

from accounts.models import User
from workspaces.actor import Actor
from workspaces.constraints import TenantForeignKey
from workspaces.models import TENANT, TenantModel
from workspaces.permissions import MEMBER
from workspaces.scoping import TenantQuerySet

from ..access import Path, gives, paths
from .projects import Label, Project, Status, whole

VERSIONED = ("title", "description", "priority", "due", "estimate", "parent", "assignees", "labels", "place", "pin")
OPEN = Q(archived_at=None, deleted_at=None)
SHARED = OPEN & Q(shared=True)


class TaskQuerySet(TenantQuerySet):
    """Reads tasks through an actor's eyes."""

    def visible_to(self, by: Actor) -> Self:
        """The tasks of the projects that the actor sees whole, and those shared with them; deleted ones aside."""
        rows = self.within(by.workspace).filter(deleted_at=None, project__deleted_at=None)
        return rows.filter(whole(by, "project__") | Q(Exists(shared_with(by).filter(content_object=OuterRef("pk")))))

    def shared_with(self, by: Actor) -> Self:
        """The tasks that are shared with the actor one by one: what they see of a project which they see in part."""
        return self.within(by.workspace).filter(shared=True, pk__in=shared_with(by).values("content_object"))

    def open(self) -> Self:
        """On the board: neither archived nor deleted."""
        return self.filter(OPEN)


class Task(TenantModel):
    """A card of work. People see `key`-`number`; `version` counts its edits."""

    class Priority(models.IntegerChoices):
        NONE = 0, "No priority"
        LOW = 1, "Low"
        MEDIUM = 2, "Medium"
        HIGH = 3, "High"
        URGENT = 4, "Urgent"

    project = models.ForeignKey(Project, models.CASCADE, db_constraint=False, db_index=False, related_name="tasks")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=300)
    description = models.TextField(blank=True, max_length=100_000)
    status = models.ForeignKey(Status, models.RESTRICT, db_constraint=False, db_index=False, related_name="tasks")
    rank = models.CharField(max_length=80, db_collation="C")
    priority = models.PositiveSmallIntegerField(choices=Priority, default=Priority.NONE)
    due = models.DateField(null=True, blank=True)
    estimate = models.PositiveSmallIntegerField(null=True, blank=True, help_text="points")
    pin_start = models.DateField(null=True, blank=True, help_text="a planner must let it begin on this day")
    pin_due = models.DateField(null=True, blank=True, help_text="a planner must let it be due on this day")
    parent = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, db_constraint=False, db_index=False, related_name="subtasks"
    )
    creator = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    source = models.CharField(max_length=80, blank=True, help_text="trello:<card id> for an imported card")
    version = models.PositiveIntegerField(default=1)
    field_versions = models.JSONField(
        default=dict, db_default={}, blank=True, help_text="field → version at which it last changed"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)
    completed_at = models.DateTimeField(null=True, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    shared = models.BooleanField(
        default=False,
        db_default=False,
        help_text="by itself, with somebody, once: narrows reading, and decides nothing",
    )
    comment_count = models.PositiveIntegerField(default=0)
    checklist_count = models.PositiveIntegerField(default=0)
    checklist_done = models.PositiveIntegerField(default=0)
    search = models.GeneratedField(
        expression=SearchVector("title", "description", config="simple"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects: ClassVar[Any] = models.Manager.from_queryset(TaskQuerySet)()
    merged_with = ""  # whose change the last save was merged with; told once, kept nowhere

    class Meta:
        constraints = [
            *TENANT,
            TenantForeignKey(field="project", name="task_project_tenant"),
            TenantForeignKey(field="status", name="task_status_tenant", on_delete=""),
            TenantForeignKey(field="parent", name="task_parent_tenant", on_delete="ON DELETE SET NULL (parent_id)"),
            models.UniqueConstraint(fields=["workspace", "project", "number"], name="task_number"),
            models.UniqueConstraint(
                fields=["workspace", "status", "rank"], name="task_rank", deferrable=models.Deferrable.DEFERRED
            ),
        ]
        indexes = [
            models.Index(fields=["workspace", "project", "status", "rank"], name="task_board", condition=OPEN),
            models.Index(fields=["workspace", "project", "-number"], name="task_newest", condition=OPEN),
            models.Index(fields=["workspace", "project", "due", "number"], name="task_due", condition=OPEN),
            models.Index(fields=["workspace", "due"], name="task_reminded", condition=OPEN & Q(due__isnull=False)),
            models.Index(fields=["workspace", "project", "-updated_at", "number"], name="task_touched", condition=OPEN),
            models.Index(fields=["workspace", "project", "-priority", "number"], name="task_priority", condition=OPEN),
            models.Index(fields=["workspace", "project", "title", "number"], name="task_title", condition=OPEN),
            models.Index(
                fields=["workspace", "project", "status", "rank"],
                include=["id", "number"],
                name="task_shared",
                condition=SHARED,
            ),
            models.Index(fields=["workspace", "parent"], name="task_parent", condition=Q(parent__isnull=False)),
            models.Index(fields=["workspace", "source"], name="task_source", condition=~Q(source="")),
            GinIndex(F("workspace"), F("search"), name="task_search"),
        ]
        permissions = [("comment_task", "Can comment on the task"), ("edit_task", "Can work on the task")]
        default_permissions = ("view",)

    def __str__(self) -> str:
        return self.title

    @property
    def ref(self) -> str:
        """FLOW-42"""
        return f"{self.project.key}-{self.number}"

    @property
    def read_only(self) -> bool:
        return self.project.read_only

    @property
    def is_open(self) -> bool:
        return self.archived_at is None and self.deleted_at is None

    @property
    def in_the_way(self) -> bool:
        """Whether what waits for it has to wait on."""
        return self.is_open and self.completed_at is None

    def changed_at(self, name: str) -> int:
        """The version at which a field last changed; `place` is its column and order."""
        return int(self.field_versions.get(name, 1))

    def touch(self, at: datetime, *names: str) -> list[str]:
        """One edit more, of these fields; returns the columns that say so."""
        self.version += 1
        self.updated_at = at
        self.field_versions |= dict.fromkeys(names, self.version)
        return ["version", "updated_at", "field_versions"]

    def paths(self, by: Actor) -> tuple[Path, ...]:
        """The actor's ways to this task; members who see the project whole need no grant on the task."""
        around = self.project.paths(by)
        if by.workspace.pk != self.workspace_id or (around and by.level >= MEMBER):
            return around
        return paths(by.role, self.project.private, self.project.granted_to(by), self.granted_to(by))

    def allows(self, by: Actor, permission: str) -> bool:
        """Whether the actor holds the permission here: in the project, or on this task."""
        return self.project.allows(by, permission) or gives(self.paths(by), permission)

    def seen_by(self, by: Actor) -> bool:
        """What `visible_to` says of one row in hand."""
        return not self.deleted_at and not self.project.deleted_at and bool(self.paths(by))

    def granted_to(self, by: Actor) -> set[str]:
        """The codenames of the actor's grants on this task; read once per instance and person."""
        cached: dict[Any, set[str]] = self.__dict__.setdefault("_grants", {})
        if by.user.pk not in cached:
            rows = shared_with(by).filter(content_object=self)
            cached[by.user.pk] = set(rows.values_list("permission__codename", flat=True))
        return cached[by.user.pk]


def shared_with(by: Actor) -> Any:
    """The actor's grants on single tasks."""
    return TaskGrant.objects.filter(workspace=by.workspace, user=by.user)


class TaskGrant(UserObjectPermissionBase, TenantModel):
    """A person's grant on one task of a project that they do not see whole (django-guardian's, with a direct foreign key)."""

    content_object = models.ForeignKey(Task, models.CASCADE, db_constraint=False, db_index=False, related_name="grants")

    objects: ClassVar[Any] = UserObjectPermissionManager.from_queryset(TenantQuerySet)()

    class Meta(UserObjectPermissionBase.Meta):
        abstract = False
        unique_together = ()
        constraints = [
            *TENANT,
            TenantForeignKey(field="content_object", name="taskgrant_task_tenant"),
            models.UniqueConstraint(
                fields=["workspace", "user", "content_object", "permission"], name="taskgrant_once"
            ),
        ]
        indexes = [models.Index(fields=["workspace", "content_object"], name="taskgrant_task")]

    def __str__(self) -> str:
        return f"{self.user_id} on {self.content_object_id}"


class Assignment(TenantModel):
    """A person on a task."""

    task = models.ForeignKey(Task, models.CASCADE, db_constraint=False, db_index=False, related_name="assignments")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            *TENANT,
            TenantForeignKey(field="task", name="assignment_task_tenant"),
            models.UniqueConstraint(fields=["workspace", "task", "user"], name="assignment_once"),
        ]
        indexes = [models.Index(fields=["workspace", "user", "task"], name="assignment_user")]

    def __str__(self) -> str:
        return f"{self.user_id} on {self.task_id}"


class TaskLabel(TenantModel):
    """A label on a task."""

    task = models.ForeignKey(Task, models.CASCADE, db_constraint=False, db_index=False, related_name="task_labels")
    label = models.ForeignKey(Label, models.CASCADE, db_constraint=False, db_index=False, related_name="task_labels")

    class Meta:
        constraints = [
            *TENANT,
            TenantForeignKey(field="task", name="tasklabel_task_tenant"),
            TenantForeignKey(field="label", name="tasklabel_label_tenant"),
            models.UniqueConstraint(fields=["workspace", "task", "label"], name="tasklabel_once"),
        ]
        indexes = [models.Index(fields=["workspace", "label", "task"], name="tasklabel_label")]

    def __str__(self) -> str:
        return f"{self.label_id} on {self.task_id}"
