"""That Stripe told of something: only the ids are kept, since the event is a reason to look and never the truth."""

from django.db import models
from django.utils import timezone

from accounts.ids import uuid7


class StripeEvent(models.Model):
    """One event, by its id; stored before anything is done about it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    event = models.CharField(max_length=255, unique=True, help_text="Stripe's id of it")
    type = models.CharField(max_length=100)
    object_id = models.CharField(max_length=255, blank=True, help_text="of what it tells")
    customer = models.CharField(max_length=255, blank=True)
    created_at = models.DateTimeField(help_text="by Stripe's clock")
    received_at = models.DateTimeField(default=timezone.now)
    deliveries = models.PositiveIntegerField(default=1, help_text="how often it came")
    done_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    outcome = models.CharField(max_length=10, blank=True, help_text="done, ignored or failed")
    fault = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["received_at"], condition=models.Q(done_at=None), name="stripeevent_waiting"),
        ]
        verbose_name = "Stripe event"

    def __str__(self) -> str:
        return f"{self.type} {self.event}"
