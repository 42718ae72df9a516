"""Who is told of what: watches, notifications, what each person wants to be told, and how far the record has been read.

A notification follows the record (tasks/notices): it holds which rows it tells of and what its person did with it, no
words. `last_seq` names the newest row, whose sentence is shown. What a person does with their notifications is
nobody else's business and stands in no record (docs/adr: rows of one's own).
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import User
from workspaces.constraints import TenantForeignKey
from workspaces.models import TENANT, TenantModel

from .details import Comment
from .projects import Project
from .tasks import Task


class Reason(models.TextChoices):
    """Why somebody is told; names are for ever. tasks/notices/reasons.py says the rest of each."""

    ASSIGNED = "assigned", "Assigned to you"
    MENTIONED = "mentioned", "You were mentioned"
    BLOCKING = "blocking", "Blocking you"
    UNBLOCKED = "unblocked", "No longer blocked"
    DUE = "due", "Due soon"
    OVERDUE = "overdue", "Overdue"
    COMMENTED = "commented", "Comments"
    COMPLETED = "completed", "Completed"
    MOVED = "moved", "Moved to another column"
    CHANGED = "changed", "Due date, priority, archive"
    CREATED = "created", "New tasks in projects you watch"
    UNASSIGNED = "unassigned", "Taken off a task"
    SHARED = "shared", "Shared with you"
    ROLE = "role", "Your role"
    IMPORTED = "imported", "Your imports"
    RULE = "rule", "Rules"


class Watch(TenantModel):
    """A person follows a task or a project, or wants to hear nothing of it. Creators and assignees follow without a row."""

    class Level(models.TextChoices):
        WATCHING = "watching"
        MUTED = "muted"

    class Why(models.TextChoices):
        CHOSEN = "chosen"
        COMMENTED = "commented"
        MENTIONED = "mentioned"
        DUPLICATE = "duplicate"

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    task = models.ForeignKey(
        Task, models.CASCADE, null=True, blank=True, db_constraint=False, db_index=False, related_name="watches"
    )
    project = models.ForeignKey(
        Project, models.CASCADE, null=True, blank=True, db_constraint=False, db_index=False, related_name="watches"
    )
    level = models.CharField(max_length=10, choices=Level, default=Level.WATCHING)
    why = models.CharField(max_length=10, choices=Why, default=Why.CHOSEN)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            *TENANT,
            TenantForeignKey(field="task", name="watch_task_tenant"),
            TenantForeignKey(field="project", name="watch_project_tenant"),
            models.UniqueConstraint(fields=["workspace", "task", "user"], name="watch_task_once"),
            models.UniqueConstraint(fields=["workspace", "project", "user"], name="watch_project_once"),
            models.CheckConstraint(condition=Q(task=None) ^ Q(project=None), name="watch_of_one_thing"),
        ]
        verbose_name_plural = "watches"

    def __str__(self) -> str:
        return f"{self.user_id} {self.level} {self.task_id or self.project_id}"


class Notification(TenantModel):
    """One item of one person's inbox: an act, or several on the same task that came before it was read.

    `task` is what it is about; a bulk act has none, and `task_ids` instead (the first 200 of `count`). Reminders
    follow no row of the record: `last_seq` is empty there, and `once` says which reminder it is.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    reason = models.CharField(max_length=12, choices=Reason)
    needs_me = models.BooleanField(default=False)
    task = models.ForeignKey(
        Task, models.CASCADE, null=True, blank=True, db_constraint=False, db_index=False, related_name="+"
    )
    project = models.ForeignKey(
        Project, models.CASCADE, null=True, blank=True, db_constraint=False, db_index=False, related_name="+"
    )
    comment = models.ForeignKey(
        Comment, models.CASCADE, null=True, blank=True, db_constraint=False, db_index=False, related_name="+"
    )
    task_ids = ArrayField(models.UUIDField(), default=list, blank=True)
    count = models.PositiveIntegerField(default=1, help_text="acts on the task, or tasks of the bulk act")
    change_id = models.UUIDField(null=True, blank=True, help_text="the newest act")
    first_seq = models.BigIntegerField(null=True, blank=True)
    last_seq = models.BigIntegerField(null=True, blank=True)
    once = models.CharField(max_length=60, blank=True, help_text="due:2026-12-31, for what follows no row")
    actor = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    others = ArrayField(models.UUIDField(), default=list, blank=True, help_text="who acted before, newest first")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    told_at = models.DateTimeField(default=timezone.now, help_text="of the newest act: mail and push compare with it")
    shown_at = models.DateTimeField(default=timezone.now, help_text="its place in the list: told, or awake again")
    read_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    snoozed_until = models.DateTimeField(null=True, blank=True)
    planned_at = models.DateTimeField(
        null=True, blank=True, help_text="the `told_at` up to which mail and push are planned"
    )
    mailed_at = models.DateTimeField(null=True, blank=True)
    pushed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            *TENANT,
            TenantForeignKey(field="task", name="notification_task_tenant"),
            TenantForeignKey(field="project", name="notification_project_tenant"),
            TenantForeignKey(field="comment", name="notification_comment_tenant"),
            models.UniqueConstraint(fields=["workspace", "user", "last_seq"], name="notification_once"),
            models.UniqueConstraint(
                fields=["workspace", "user", "task", "once"], name="notification_reminder", condition=~Q(once="")
            ),
        ]
        indexes = [
            models.Index(
                fields=["workspace", "user", "needs_me", "-shown_at", "-id"],
                name="notification_box",
                condition=Q(done_at=None),
            ),
            models.Index(
                fields=["workspace", "user", "needs_me", "task"],
                name="notification_unread",
                condition=Q(read_at=None, done_at=None),
            ),
            models.Index(fields=["workspace", "task", "user"], name="notification_task"),
            models.Index(
                fields=["workspace", "told_at"],
                name="notification_unplanned",
                condition=Q(planned_at=None) | Q(planned_at__lt=F("told_at")),
            ),
            models.Index(
                fields=["workspace", "snoozed_until"],
                name="notification_asleep",
                condition=Q(snoozed_until__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reason} for {self.user_id}"


class NotificationPreference(TenantModel):
    """How one person wants to be told for one reason; without a row as tasks/notices/reasons.py has it."""

    class Mail(models.TextChoices):
        NOW = "now", "At once"
        DIGEST = "digest", "In the digest"
        NEVER = "never", "Never"

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    reason = models.CharField(max_length=12, choices=Reason)
    muted = models.BooleanField(default=False, help_text="told nowhere: neither in the inbox nor by mail or push")
    mail = models.CharField(max_length=6, choices=Mail, default=Mail.DIGEST)
    push = models.BooleanField(default=False)

    class Meta:
        constraints = [
            *TENANT,
            models.UniqueConstraint(fields=["workspace", "user", "reason"], name="notificationpreference_once"),
        ]

    def __str__(self) -> str:
        return f"{self.reason} of {self.user_id}"


class NotificationCursor(TenantModel):
    """Up to which row of the record people have been told. Held while telling, so that two runs tell once."""

    seq = models.BigIntegerField(default=0)

    class Meta:
        constraints = [*TENANT, models.UniqueConstraint(fields=["workspace"], name="notificationcursor_once")]

    def __str__(self) -> str:
        return f"{self.workspace_id} told up to {self.seq}"
