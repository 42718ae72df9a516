"""What the back-office keeps of its own: what failed, what was mailed, what was slow, who was turned away, what is announced. Of no workspace, kept for 30 days."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from accounts.ids import uuid7
from accounts.models import User


class Kept(models.Model):
    """A row whose key grows with time."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        abstract = True


class FailedJob(Kept):
    """A job that ended in a fault. Its arguments are needed to try it again, and shown nowhere."""

    name = models.CharField(max_length=120)
    call = models.UUIDField(unique=True, help_text="the queue's id of it")
    arguments = models.JSONField(default=dict)
    queue = models.CharField(max_length=40, blank=True)
    tenant = models.UUIDField(null=True, blank=True, help_text="the workspace, where its first argument is one")
    fault = models.CharField(max_length=300)
    retried_at = models.DateTimeField(null=True, blank=True)
    retried_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")

    def __str__(self) -> str:
        return self.name


class MailSent(Kept):
    """A mail that went to the mail server, or did not: to whom and of which kind, and no word of it."""

    class State(models.TextChoices):
        SENT = "sent", "taken by the mail server"
        FAILED = "failed", "not taken"

    recipient = models.CharField(max_length=254)
    kind = models.CharField(max_length=40)
    state = models.CharField(max_length=6, choices=State)
    fault = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["recipient", "-id"], name="mailsent_recipient")]
        verbose_name, verbose_name_plural = "mail", "mails"

    def __str__(self) -> str:
        return f"{self.kind} to {self.recipient}"


class SlowPage(Kept):
    """An answer that took longer than SLOW_PAGE_MS: which page, and not whose words stood in its address."""

    route = models.CharField(max_length=200)
    method = models.CharField(max_length=8)
    status = models.PositiveSmallIntegerField()
    milliseconds = models.PositiveIntegerField()
    slug = models.CharField(max_length=40, blank=True, help_text="the workspace's address")

    def __str__(self) -> str:
        return f"{self.method} {self.route}: {self.milliseconds} ms"


class TurnedAway(models.Model):
    """How many requests a limit refused on a day, by workspace and kind of limit; without a workspace: strangers."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    day = models.DateField()
    tenant = models.UUIDField(null=True, blank=True)
    kind = models.CharField(max_length=12, help_text="person, token, workspace, address")
    count = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["day", "tenant", "kind"], name="turnedaway_once", nulls_distinct=False)
        ]
        verbose_name_plural = "turned away"

    def __str__(self) -> str:
        return f"{self.count} by {self.kind} on {self.day}"


class Tombstone(Kept):
    """What is left of a workspace that was deleted for good: no name, and no word of its people. Kept for ever."""

    tenant = models.UUIDField(unique=True, help_text="the id that it had")
    slug = models.CharField("address", max_length=40, help_text="that it had; somebody else's by now, perhaps")
    deleted_at = models.DateTimeField()
    deleted_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    by_staff = models.BooleanField("by the staff", default=False)
    rows = models.PositiveBigIntegerField(default=0, help_text="that were removed, in all its tables")
    files = models.PositiveIntegerField(default=0)
    purged_at = models.DateTimeField(null=True, blank=True, help_text="when the last of it was gone; empty: under way")

    class Meta:
        verbose_name, verbose_name_plural = "workspace deleted for good", "workspaces deleted for good"

    def __str__(self) -> str:
        return self.slug


class Announcement(Kept):
    """A line above the pages of all workspaces or of chosen ones, for its days; everybody puts it away for themself."""

    class Kind(models.TextChoices):
        ACCENT = "accent", "News"
        WARN = "warn", "Warning"
        DANGER = "danger", "Trouble"

    words = models.CharField(max_length=300)
    kind = models.CharField(max_length=6, choices=Kind, default=Kind.ACCENT)
    link = models.URLField(blank=True, help_text="where more is said; https")
    starts_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField()
    workspaces = ArrayField(models.CharField(max_length=40), default=list, blank=True, help_text="addresses; none: all")

    def __str__(self) -> str:
        return self.words[:80]
