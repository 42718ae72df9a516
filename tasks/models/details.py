"""What hangs on a task: checklist items, comments, links."""

from django.db import models
from django.utils import timezone

from accounts.models import User
from workspaces.actor import Actor
from workspaces.constraints import TenantForeignKey
from workspaces.models import TENANT, TenantModel

from .tasks import Task


class ChecklistItem(TenantModel):
    """One line of a task's checklist."""

    task = models.ForeignKey(Task, models.CASCADE, db_constraint=False, db_index=False, related_name="checklist")
    group = models.CharField(max_length=100, blank=True, help_text="heading, where an imported card had several lists")
    text = models.CharField(max_length=500)
    done = models.BooleanField(default=False)
    rank = models.CharField(max_length=80, db_collation="C")
    version = models.PositiveIntegerField(default=1)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [*TENANT, TenantForeignKey(field="task", name="checklistitem_task_tenant")]
        indexes = [models.Index(fields=["workspace", "task", "rank"], name="checklistitem_order")]

    def __str__(self) -> str:
        return self.text

    @property
    def read_only(self) -> bool:
        return self.task.read_only

    def allows(self, by: Actor, permission: str) -> bool:
        return self.task.allows(by, permission)


class Comment(TenantModel):
    """What somebody said on a task. `author_name` stands for people who are not members (imports)."""

    task = models.ForeignKey(Task, models.CASCADE, db_constraint=False, db_index=False, related_name="comments")
    author = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    author_name = models.CharField(max_length=100, blank=True)
    body = models.TextField(max_length=50_000)
    source = models.CharField(max_length=80, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    edited_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [*TENANT, TenantForeignKey(field="task", name="comment_task_tenant")]
        indexes = [models.Index(fields=["workspace", "task", "created_at"], name="comment_thread")]

    def __str__(self) -> str:
        return self.body[:60]

    @property
    def read_only(self) -> bool:
        return self.task.read_only

    def allows(self, by: Actor, permission: str) -> bool:
        return self.task.allows(by, permission)


class Attachment(TenantModel):
    """A link on a task, or a file: `url` or `file`, never both."""

    task = models.ForeignKey(Task, models.CASCADE, db_constraint=False, db_index=False, related_name="attachments")
    name = models.CharField(max_length=200)
    url = models.URLField(max_length=2000, blank=True)
    file = models.FileField(upload_to="attachments/", max_length=200, blank=True)
    size = models.PositiveBigIntegerField(default=0, help_text="bytes of the file")
    content_type = models.CharField(max_length=100, blank=True, help_text="as its bytes say, not its name")
    sha256 = models.CharField(max_length=64, blank=True)
    uploader = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    source = models.CharField(max_length=80, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [*TENANT, TenantForeignKey(field="task", name="attachment_task_tenant")]
        indexes = [models.Index(fields=["workspace", "task"], name="attachment_task")]

    def __str__(self) -> str:
        return self.name

    @property
    def read_only(self) -> bool:
        return self.task.read_only

    def allows(self, by: Actor, permission: str) -> bool:
        return self.task.allows(by, permission)


class ImportRun(TenantModel):
    """One import: what was given, how far it is, what came of it. Progress while it runs stands in the cache."""

    class State(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, default="trello")
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    again = models.BooleanField(default=False, help_text="as a copy, although this board was imported before")
    file_name = models.CharField(max_length=200, blank=True)
    data = models.BinaryField(default=b"")
    project = models.ForeignKey(
        "tasks.Project", models.CASCADE, null=True, blank=True, db_constraint=False, db_index=False, related_name="+"
    )
    change_id = models.UUIDField(null=True, blank=True)
    report = models.JSONField(default=dict, blank=True)
    error = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [*TENANT, TenantForeignKey(field="project", name="importrun_project_tenant")]
        indexes = [models.Index(fields=["workspace", "created_at"], name="importrun_newest")]

    def __str__(self) -> str:
        return self.file_name or str(self.pk)
