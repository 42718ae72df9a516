"""…/ai/settings/: what the workspace has chosen, and one's own switch."""

from typing import Any

from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.request import Request

from workspaces.rest.fields import Flag, Nothing, Strict, Whole
from workspaces.rest.schema import describes
from workspaces.rest.view import Endpoint, answer

from ..access import offered
from ..actions.settings import MOST_TOKENS, choose_ai, update_ai_settings
from ..models import AIBudget
from ..reading.desk import desk_of, stands

BUDGETS = AIBudget.Kind.values
TOLD = ("enabled", "guests", "keep_texts", "keep_days", "own_tokens")


class AISettingsIn(Strict):
    """What changes; all but `on` needs the permission workspace.manage."""

    on = Flag(required=False, help_text="for yourself, once the workspace has it on")
    enabled = Flag(required=False, help_text="for the workspace: each person still decides for themselves")
    guests = Flag(required=False, help_text="guests may switch it on too")
    keep_texts = Flag(required=False, help_text="keep what was asked and answered; false ends what is kept at once")
    keep_days = Whole(min_value=1, max_value=365, required=False)
    own_tokens = Whole(
        min_value=1, max_value=MOST_TOKENS, required=False, allow_null=True, help_text="a month, with keys of your own; null: no limit"
    )  # fmt: skip


class BudgetOut(serializers.Serializer[Any]):
    """Where a budget of this month stands."""

    kind = serializers.ChoiceField(choices=BUDGETS, help_text="plan, or own: with keys of the workspace's own")
    used = serializers.IntegerField()
    reserved = serializers.IntegerField(help_text="held for calls under way")
    limit = serializers.IntegerField(allow_null=True, help_text="null: none")


class AISettingsOut(serializers.Serializer[Any]):
    """What is chosen."""

    on = serializers.BooleanField(help_text="whether you have the AI: the workspace and you have switched it on")
    offered = serializers.BooleanField(help_text="whether you may switch it on for yourself")
    enabled = serializers.BooleanField()
    guests = serializers.BooleanField()
    keep_texts = serializers.BooleanField()
    keep_days = serializers.IntegerField()
    own_tokens = serializers.IntegerField(allow_null=True)
    receivers = serializers.ListField(
        child=serializers.CharField(), help_text="who gets what is asked: model and host, in the order asked"
    )
    budgets = BudgetOut(many=True)


class AISettingsOf(Endpoint):
    """The AI of this workspace."""

    @describes("get_ai_settings", AISettingsOut, query=Nothing, tag="ai")
    def get(self, request: Request, workspace: str) -> HttpResponse:
        """What is chosen, who gets what is asked, and where this month's budgets stand."""
        self.asked(Nothing)
        return self.shown()

    @describes("update_ai_settings", AISettingsOut, body=AISettingsIn, tag="ai")
    def patch(self, request: Request, workspace: str) -> HttpResponse:
        """Change some of it: all of what you send, or nothing."""
        said = self.given(AISettingsIn, partial=True)
        on = said.pop("on", None)
        if said:
            update_ai_settings(self.by, **said)
        if on is not None:
            choose_ai(self.by, on=on)
        return self.shown()

    def shown(self) -> HttpResponse:
        """All of it, as it is now."""
        desk, may = desk_of(self.by), offered(self.by)
        held = desk.settings
        budgets = [
            {"kind": one.kind, "used": one.used, "reserved": one.reserved, "limit": one.limit} for one in stands(self.by, held.own_tokens)
        ]  # fmt: skip
        return answer(
            {"on": may and desk.mine, "offered": may, **{name: getattr(held, name) for name in TOLD}, "receivers": desk.receivers, "budgets": budgets}
        )  # fmt: skip
