"""What somebody has typed and not saved yet, so that it is there on their next device too."""

from django.db import models
from django.utils import timezone

from accounts.models import User

from .base import TENANT, TenantModel


class Draft(TenantModel):
    """The words of one field, of one person: nobody else's business, so no record tells of them (docs/adr/0008)."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    place = models.CharField(max_length=200, help_text="which field: t:FLOW-42:description")
    text = models.TextField(blank=True)
    base_version = models.PositiveIntegerField(default=0, help_text="of what the text goes on from; 0: something new")
    version = models.BigIntegerField(help_text="grows with each change, also over an end and a new beginning")
    updated_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [*TENANT, models.UniqueConstraint(fields=["workspace", "user", "place"], name="draft_once")]
        indexes = [
            models.Index(fields=["workspace", "user", "updated_at"], name="draft_newest"),
            models.Index(fields=["workspace", "updated_at"], name="draft_age"),
        ]

    def __str__(self) -> str:
        return self.place
