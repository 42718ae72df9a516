"""What the model is asked with, and what it costs: the operator's, of no workspace."""

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.ids import uuid7
from accounts.models import User


class Prompt(models.Model):
    """One thing that the AI is asked for: `write.draft`, `breakdown`."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    purpose = models.CharField(max_length=40, unique=True)
    description = models.CharField(max_length=200)

    class Meta:
        ordering: ClassVar = ["purpose"]

    def __str__(self) -> str:
        return self.purpose


class PromptVersion(models.Model):
    """A wording of a prompt. One at most is active; what has been used is never changed, but followed by the next."""

    class State(models.TextChoices):
        DRAFT = "draft"
        ACTIVE = "active"
        ARCHIVED = "archived"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    prompt = models.ForeignKey(Prompt, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=8, choices=State, default=State.DRAFT)
    system = models.TextField(help_text="who the model is, and its rules")
    template = models.TextField(help_text="what is asked; the data follow as one block of JSON")
    schema = models.JSONField(default=dict, blank=True, help_text="JSON Schema of the answer; {}: plain text")
    max_output = models.PositiveIntegerField(
        default=1500,
        validators=[MinValueValidator(16), MaxValueValidator(16_000)],
        help_text="tokens of an answer at most",
    )
    note = models.CharField(max_length=200, blank=True, help_text="why there is this version")
    created_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, db_constraint=False, related_name="+", help_text="none: the code"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering: ClassVar = ["prompt", "-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["prompt", "number"], name="promptversion_number"),
            models.UniqueConstraint(fields=["prompt"], condition=Q(state="active"), name="promptversion_one_active"),
        ]

    def __str__(self) -> str:
        return f"{self.prompt} {self.number}"


class PromptCase(models.Model):
    """Inputs kept for comparing versions: invented, never a workspace's."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    prompt = models.ForeignKey(Prompt, models.CASCADE, related_name="cases")
    name = models.CharField(max_length=80)
    inputs = models.JSONField(default=dict)

    class Meta:
        ordering: ClassVar = ["prompt", "name"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["prompt", "name"], name="promptcase_name")]

    def __str__(self) -> str:
        return self.name


class PromptTrial(models.Model):
    """What a version answered to a case, what it took and what it cost."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(PromptCase, models.CASCADE, related_name="trials")
    version = models.ForeignKey(PromptVersion, models.CASCADE, related_name="trials")
    model = models.CharField(max_length=120)
    text = models.TextField(blank=True)
    fault = models.CharField(max_length=200, blank=True)
    input_tokens = models.PositiveIntegerField(default=0)
    output_tokens = models.PositiveIntegerField(default=0)
    cost_micros = models.BigIntegerField(null=True, blank=True)
    latency_ms = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering: ClassVar = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.case} with {self.version}"


class ModelPrice(models.Model):
    """What a model costs, in millionths of a dollar for a million tokens (so: dollars a million, times a million)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    provider = models.CharField(max_length=12, help_text="openai, openai_chat or anthropic")
    model = models.CharField(max_length=120, help_text="as the connection names it")
    input = models.PositiveBigIntegerField("input, µ$ per million tokens")
    output = models.PositiveBigIntegerField("output, µ$ per million tokens")
    cached = models.PositiveBigIntegerField("cached input, µ$ per million tokens")

    class Meta:
        ordering: ClassVar = ["provider", "model"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["provider", "model"], name="modelprice_once")]

    def __str__(self) -> str:
        return f"{self.provider} {self.model}"
