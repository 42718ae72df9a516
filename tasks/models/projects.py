"""Projects, their columns and labels, and who a private one is shared with."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from guardian.managers import UserObjectPermissionManager
from guardian.models import UserObjectPermissionBase

from workspaces.actor import Actor
from workspaces.constraints import TenantForeignKey
from workspaces.models import TENANT, TenantModel
from workspaces.permissions import MEMBER
from workspaces.scoping import TenantQuerySet

from ..access import Path, by_role, gives, paths

COLORS = ("gray", "red", "orange", "amber", "yellow", "lime", "green", "teal", "sky", "blue", "purple", "pink")
Color = models.TextChoices("Color", {name.upper(): name for name in COLORS})  # type: ignore[misc]


class ProjectQuerySet(TenantQuerySet):
    """Reads projects through an actor's eyes."""

    def visible_to(self, by: Actor) -> Self:
        """The projects that the actor sees, whole or in part."""
        return self.within(by.workspace).filter(whole(by) | in_part(by), deleted_at=None)

    def whole_to(self, by: Actor) -> Self:
        """Those of which they see every task."""
        return self.within(by.workspace).filter(whole(by), deleted_at=None)


def whole(by: Actor, at: str = "") -> Q:
    """Open projects for members and above; private ones, and guests', by grant. `at` leads to the project: "project__"."""
    granted = Exists(
        ProjectGrant.objects.filter(workspace=by.workspace, user=by.user, content_object=OuterRef(f"{at}pk"))
    )
    return Q(**{f"{at}private": False}) | Q(granted) if by.level >= MEMBER else Q(granted)


def in_part(by: Actor) -> Q:
    """Projects with a task that is shared with the actor."""
    from .tasks import TaskGrant  # which stands on this module

    rows = TaskGrant.objects.filter(workspace=by.workspace, user=by.user)
    return Q(Exists(rows.filter(content_object__project=OuterRef("pk"), content_object__deleted_at=None)))


class Project(TenantModel):
    """A board and its tasks. `last_number` is the board's lock: whoever makes or moves cards takes it first."""

    key = models.CharField(max_length=8)
    name = models.CharField(max_length=80)
    description = models.TextField(blank=True, max_length=5000)
    color = models.CharField(max_length=10, choices=Color, default="blue")
    private = models.BooleanField(default=False)
    last_number = models.PositiveIntegerField(default=0)
    source = models.CharField(max_length=80, blank=True, help_text="trello:<board id> for an imported project")
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    read_only = models.BooleanField(
        default=False,
        db_default=False,
        editable=False,
        help_text="the plan has no room for it: it can be read, and put away",
    )
    archived_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[Any] = models.Manager.from_queryset(ProjectQuerySet)()
    merged_with = ""  # as Task's

    class Meta:
        constraints = [
            *TENANT,
            models.UniqueConstraint(fields=["workspace", "key"], name="project_key", condition=Q(deleted_at=None)),
        ]
        indexes = [models.Index(fields=["workspace", "source"], name="project_source", condition=~Q(source=""))]
        permissions = [("comment_project", "Can comment in the project"), ("edit_project", "Can work in the project")]
        default_permissions = ("view",)

    def __str__(self) -> str:
        return self.name

    def paths(self, by: Actor) -> tuple[Path, ...]:
        """The actor's ways into the whole project; an open one asks members for no grant."""
        if by.workspace.pk != self.workspace_id:
            return ()
        return paths(by.role, self.private, () if by_role(by.role, self.private) else self.granted_to(by))

    def allows(self, by: Actor, permission: str) -> bool:
        """Whether the actor holds the permission in the whole project."""
        return gives(self.paths(by), permission)

    def whole_to(self, by: Actor) -> bool:
        """What the queryset's `whole_to` says of one row in hand."""
        return not self.deleted_at and bool(self.paths(by))

    def seen_by(self, by: Actor) -> bool:
        """What `visible_to` says of one row in hand."""
        if self.deleted_at or by.workspace.pk != self.workspace_id:
            return False
        return self.whole_to(by) or bool(self.tasks.filter(deleted_at=None, grants__user=by.user).exists())

    def granted_to(self, by: Actor) -> set[str]:
        """The codenames of the actor's grants on this project; read once per instance and person."""
        cached: dict[Any, set[str]] = self.__dict__.setdefault("_grants", {})
        if by.user.pk not in cached:
            rows = ProjectGrant.objects.filter(workspace=by.workspace, user=by.user, content_object=self)
            cached[by.user.pk] = set(rows.values_list("permission__codename", flat=True))
        return cached[by.user.pk]


class ProjectGrant(UserObjectPermissionBase, TenantModel):
    """A person's grant on one project (django-guardian's, with a direct foreign key): guests', and private projects' members."""

    content_object = models.ForeignKey(
        Project, models.CASCADE, db_constraint=False, db_index=False, related_name="grants"
    )

    objects: ClassVar[Any] = UserObjectPermissionManager.from_queryset(TenantQuerySet)()

    class Meta(UserObjectPermissionBase.Meta):
        abstract = False
        unique_together = ()
        constraints = [
            *TENANT,
            TenantForeignKey(field="content_object", name="projectgrant_project_tenant"),
            models.UniqueConstraint(
                fields=["workspace", "user", "content_object", "permission"], name="projectgrant_once"
            ),
        ]
        indexes = [models.Index(fields=["workspace", "content_object"], name="projectgrant_project")]

    def __str__(self) -> str:
        return f"{self.user_id} on {self.content_object_id}"


class Status(TenantModel):
    """A column of a project's board."""

    class Category(models.TextChoices):
        BACKLOG = "backlog", "Backlog"
        STARTED = "started", "In progress"
        DONE = "done", "Done"

    project = models.ForeignKey(Project, models.CASCADE, db_constraint=False, db_index=False, related_name="statuses")
    name = models.CharField(max_length=60)
    category = models.CharField(max_length=10, choices=Category, default=Category.STARTED)
    wip_limit = models.PositiveSmallIntegerField("WIP limit", null=True, blank=True)
    rank = models.CharField(max_length=80, db_collation="C")
    version = models.PositiveIntegerField(default=1)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            *TENANT,
            TenantForeignKey(field="project", name="status_project_tenant"),
            models.UniqueConstraint(
                fields=["workspace", "project", "rank"], name="status_rank", deferrable=models.Deferrable.DEFERRED
            ),
        ]
        verbose_name_plural = "statuses"

    def __str__(self) -> str:
        return self.name

    @property
    def fact(self) -> dict[str, str]:
        """As the record keeps it."""
        return {"id": str(self.pk), "name": self.name}


class StatusTally(TenantModel):
    """How many open cards a column holds: kept by the spine, so that a board of 100,000 costs what one of 100 does."""

    status = models.ForeignKey(Status, models.CASCADE, db_constraint=False, db_index=False, related_name="tallies")
    open = models.IntegerField(default=0)

    class Meta:
        constraints = [
            *TENANT,
            TenantForeignKey(field="status", name="statustally_status_tenant"),
            models.UniqueConstraint(fields=["workspace", "status"], name="statustally_once"),
        ]
        verbose_name_plural = "status tallies"

    def __str__(self) -> str:
        return str(self.open)


class Label(TenantModel):
    """A coloured word that tasks of a project can carry."""

    project = models.ForeignKey(Project, models.CASCADE, db_constraint=False, db_index=False, related_name="labels")
    name = models.CharField(max_length=40)
    color = models.CharField(max_length=10, choices=Color, default="gray")
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            *TENANT,
            TenantForeignKey(field="project", name="label_project_tenant"),
            models.UniqueConstraint(
                fields=["workspace", "project", "name"], name="label_name", condition=Q(deleted_at=None)
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def fact(self) -> dict[str, str]:
        """As the record keeps it."""
        return {"id": str(self.pk), "name": self.name}
