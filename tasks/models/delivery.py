"""What goes out beyond the inbox: when a person wants it, and each mail and push that is to be sent or was.

A delivery is planned in the transaction that notes its notifications as planned, frozen when it begins, and ended in
the transaction that sends it. Its id names the mail (Message-ID): who dies between sending and commit sends it again
under the same name.
"""

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from workspaces.constraints import TenantForeignKey
from workspaces.models import TENANT, TenantModel

from .tasks import Task


class NotificationSchedule(TenantModel):
    """When a person is written to: the hour of their digest and reminders, in their own time zone, and on which days."""

    class Days(models.TextChoices):
        WEEKDAYS = "weekdays", "Monday to Friday"
        EVERY = "every", "Every day"

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    hour = models.PositiveSmallIntegerField(default=8, validators=[MaxValueValidator(23)])
    days = models.CharField(max_length=8, choices=Days, default=Days.WEEKDAYS)
    remind_before = models.BooleanField(default=True, help_text="the day before a task is due")
    remind_on_day = models.BooleanField(default=False, help_text="on the day it is due")
    paused_until = models.DateTimeField(null=True, blank=True, help_text="neither mail nor push until then")

    class Meta:
        constraints = [
            *TENANT,
            models.UniqueConstraint(fields=["workspace", "user"], name="notificationschedule_once"),
        ]

    def __str__(self) -> str:
        return f"{self.hour}:00 for {self.user_id}"


class Delivery(TenantModel):
    """One mail to a person, or one push to one of their browsers."""

    class Channel(models.TextChoices):
        MAIL = "mail"
        PUSH = "push"

    class Kind(models.TextChoices):
        NOW = "now"
        DIGEST = "digest"
        TEST = "test"

    class Outcome(models.TextChoices):
        SENT = "sent"
        UNNEEDED = "unneeded", "read meanwhile, or no longer to be seen"
        FAILED = "failed"

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    channel = models.CharField(max_length=4, choices=Channel)
    kind = models.CharField(max_length=6, choices=Kind, default=Kind.NOW)
    task = models.ForeignKey(
        Task, models.CASCADE, null=True, blank=True, db_constraint=False, db_index=False, related_name="+"
    )
    subscription_id = models.UUIDField(null=True, blank=True, help_text="of a PushSubscription, which may be gone")
    notices = ArrayField(models.UUIDField(), default=list, blank=True, help_text="ids of notifications")
    due_at = models.DateTimeField()
    begun_at = models.DateTimeField(null=True, blank=True, help_text="takes no more notices from then on")
    tries = models.PositiveSmallIntegerField(default=0)
    ended_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=8, choices=Outcome, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [*TENANT, TenantForeignKey(field="task", name="delivery_task_tenant")]
        indexes = [
            models.Index(fields=["workspace", "due_at"], name="delivery_due", condition=Q(ended_at=None)),
            models.Index(fields=["workspace", "user"], name="delivery_open", condition=Q(ended_at=None)),
            models.Index(fields=["workspace", "task"], name="delivery_task", condition=Q(task__isnull=False)),
            models.Index(fields=["workspace", "ended_at"], name="delivery_over", condition=Q(ended_at__isnull=False)),
        ]
        verbose_name_plural = "deliveries"

    def __str__(self) -> str:
        return f"{self.channel} for {self.user_id}"


class ReminderClock(TenantModel):
    """Up to which moment reminders were made. Held while they are made, so that two runs make them once."""

    until = models.DateTimeField()

    class Meta:
        constraints = [*TENANT, models.UniqueConstraint(fields=["workspace"], name="reminderclock_once")]

    def __str__(self) -> str:
        return f"{self.workspace_id} until {self.until:%Y-%m-%d %H:%M}"
