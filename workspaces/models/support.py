"""Support access: staff act as a member only with an owner's consent, for a stated time and reason."""

from datetime import timedelta

from django.db import models
from django.utils import timezone

from accounts.models import User

from .base import TENANT, TenantModel

WAITS = timedelta(days=7)  # what nobody has answered for so long is to be asked again


class SupportAccess(TenantModel):
    """One request of the staff to act as a member, and what an owner answered."""

    class State(models.TextChoices):
        REQUESTED = "requested"
        GRANTED = "granted"
        DECLINED = "declined"
        ENDED = "ended"

    staff = models.ForeignKey(User, models.CASCADE, related_name="+")
    person = models.ForeignKey(User, models.CASCADE, related_name="+", help_text="the member to act as")
    reason = models.CharField(max_length=500)
    hours = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=10, choices=State, default=State.REQUESTED)
    requested_at = models.DateTimeField(default=timezone.now, editable=False)
    mailed_at = models.DateTimeField(null=True, blank=True, editable=False, help_text="when the owners were written to")
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    expires_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = TENANT
        indexes = [models.Index(fields=["workspace", "requested_at"], name="supportaccess_newest")]
        verbose_name_plural = "support access"

    def __str__(self) -> str:
        return f"{self.staff} as {self.person}"

    @property
    def running(self) -> bool:
        """Whether it lets its staff in now."""
        return self.state == self.State.GRANTED and self.expires_at is not None and self.expires_at > timezone.now()

    @property
    def awaits(self) -> bool:
        """Whether it can still be answered."""
        return self.state == self.State.REQUESTED and self.requested_at > timezone.now() - WAITS
