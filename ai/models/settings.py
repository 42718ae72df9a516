"""What a workspace and its people have chosen, and which models a workspace asks with a key of its own."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone

from accounts.models import User
from workspaces.models import TENANT, TenantModel

KINDS = (
    ("openai", "OpenAI (Responses)"),
    ("openai_chat", "Any address that speaks OpenAI's Chat Completions"),
    ("anthropic", "Anthropic (Messages)"),
)


class AISettings(TenantModel):
    """One row a workspace; without it the AI is off."""

    enabled = models.BooleanField(default=False)
    guests = models.BooleanField(default=False, help_text="guests may use it too")
    keep_texts = models.BooleanField(default=False, help_text="keep what was asked and answered")
    keep_days = models.PositiveSmallIntegerField(
        default=30, validators=[MinValueValidator(1), MaxValueValidator(365)], help_text="how long texts are kept"
    )
    own_tokens = models.BigIntegerField(
        null=True, blank=True, help_text="most tokens a month with keys of one's own; none: no limit"
    )

    class Meta:
        constraints = [*TENANT, models.UniqueConstraint(fields=["workspace"], name="aisettings_once")]
        verbose_name = verbose_name_plural = "AI settings"

    def __str__(self) -> str:
        return f"{self.workspace_id}: {'on' if self.enabled else 'off'}"


class AIChoice(TenantModel):
    """Whether somebody wants the AI for themselves; without a row they do not."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    on = models.BooleanField(default=False)
    warned = models.DateField(null=True, blank=True, help_text="the month whose warning they have put away")
    updated_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [*TENANT, models.UniqueConstraint(fields=["workspace", "user"], name="aichoice_once")]
        verbose_name = "AI choice"

    def __str__(self) -> str:
        return f"{self.user_id}: {'on' if self.on else 'off'}"


class AIConnection(TenantModel):
    """A model that the workspace asks with its own key. The first in order is asked; the next ones when it is down."""

    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=12, choices=KINDS)
    base_url = models.CharField(max_length=300, blank=True, help_text="empty: the provider's own")
    model = models.CharField(max_length=120)
    key = models.TextField(blank=True, editable=False, help_text="sealed (ai/keys.py)")
    key_end = models.CharField(
        max_length=4, blank=True, editable=False, help_text="its last characters: all that is shown"
    )
    timeout = models.PositiveSmallIntegerField(
        default=30, validators=[MinValueValidator(1), MaxValueValidator(60)], help_text="seconds without a word"
    )
    purpose = models.CharField(max_length=40, blank=True, help_text="empty: all; or one, or its first word")
    order = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [*TENANT, models.UniqueConstraint(fields=["workspace", "name"], name="aiconnection_name")]
        indexes = [models.Index(fields=["workspace", "order"], name="aiconnection_order")]
        verbose_name = "AI connection"

    def __str__(self) -> str:
        return self.name
