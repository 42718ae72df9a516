"""The back-office of the AI: what workspaces have of it to look at, and the operator's own cases and prices to change."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from accounts.backoffice import LookedAt, Noted, Reasoned
from accounts.long_lists import LongList
from workspaces.backoffice import TenantAdmin, WorkspaceFilter, one_of, show

from . import models, prompt_admin  # noqa: F401  (the second registers itself)
from .price_form import PriceForm
from .templatetags.ai import dollars


class Sealed(TenantAdmin):
    """Rows with something that is not read here either."""

    hidden: tuple[str, ...] = ()

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [name for name in super().get_fields(request, obj) if name not in self.hidden]


@admin.register(models.AIConnection)
class AIConnectionAdmin(Sealed):
    """Without the key."""

    hidden = ("key",)
    list_display = ("name", "kind", "model", "key_end", "purpose", "order", "workspace")
    search_fields = ("name", "model")
    list_filter = (WorkspaceFilter, "kind")


@admin.register(models.AIUsage)
class AIUsageAdmin(Sealed):
    """Without the texts that a workspace keeps."""

    hidden = ("asked", "answered")
    list_display = (
        "purpose", "user", "provider", "model", "input_tokens", "output_tokens", "cost_micros", "outcome", "created_at", "workspace",
    )  # fmt: skip
    search_fields = ("purpose", "model", "user__email")
    list_filter = (WorkspaceFilter, "outcome", "provider", "created_at")
    list_select_related = ("workspace", "user")


@admin.register(models.AIAnswer)
class AIAnswerAdmin(Sealed):
    """Without the answer."""

    hidden = ("text",)
    list_display = ("key", "read_seq", "created_at", "workspace")
    search_fields = ("key",)
    list_filter = (WorkspaceFilter, "created_at")


show(
    models.AISettings,
    columns="enabled guests keep_texts keep_days own_tokens",
    search="workspace__name",
    filters=["enabled"],
)
show(models.AIChoice, columns="user on updated_at", search="user__email", filters=["on"], joins="user")
show(models.AIBudget, columns="period kind used reserved warned_at full_at", search="kind", filters=["kind", "period"])
show(models.AIReservation, columns="purpose model tokens user created_at expires_at", search="purpose model user__email",
     filters=["created_at"], joins="user")  # fmt: skip
show(models.AIRun, columns="kind user state progress step created_at finished_at", search="kind user__email",
     filters=["state", "created_at"], joins="user")  # fmt: skip
show(
    models.Proposal,
    columns="summary change model created_at",
    search="summary model",
    filters=["created_at"],
    joins="change",
)


@admin.register(models.PromptCase)
class PromptCaseAdmin(Noted, LongList):
    """Invented inputs: they are sent to the operator's model, and belong to no workspace."""

    list_display = ("name", "prompt")
    search_fields = ("name", "prompt__purpose")
    list_filter = ("prompt",)
    list_select_related = ("prompt",)

    def reason_of(self, request: HttpRequest, obj: Any) -> str:
        return "to compare wordings by"


@admin.register(models.PromptTrial)
class PromptTrialAdmin(LookedAt):
    """What versions made of cases."""

    list_display = (
        "case", "version", "model", "fault", "input_tokens", "output_tokens", "cost_micros", "latency_ms", "created_at",
    )  # fmt: skip
    search_fields = ("case__name", "version__prompt__purpose")
    list_filter = ("created_at",)
    list_select_related = ("case", "version__prompt")


@admin.register(models.ModelPrice)
class ModelPriceAdmin(Reasoned):
    """Typed and shown in dollars for a million tokens. A change counts from the next call on."""

    form = PriceForm
    list_display = ("model", "provider", "input_price", "output_price", "cached_price")
    search_fields = ("model",)
    list_filter = ("provider",)

    @admin.display(description="input, $ per million", ordering="input")
    def input_price(self, price: models.ModelPrice) -> str:
        return dollars(price.input)

    @admin.display(description="output, $ per million", ordering="output")
    def output_price(self, price: models.ModelPrice) -> str:
        return dollars(price.output)

    @admin.display(description="cached input, $ per million", ordering="cached")
    def cached_price(self, price: models.ModelPrice) -> str:
        return dollars(price.cached)


show(models.TaskMeaning, columns="task", search="task__title", filters=[], joins="task")
show(models.MeaningCursor, columns="workspace seq", search="workspace__slug", filters=[], joins="workspace")
show(models.TriageVerdict, columns="field source user created_at", search="field source user__email",
     filters=["created_at", one_of("field", ("label", "assignee", "priority", "project", "duplicate"))], joins="user")  # fmt: skip
