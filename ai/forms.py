"""Forms of the AI's settings: what a field must look like. Whether it may be is the action's business."""

from collections.abc import Sequence
from typing import Any

from django import forms

from .models.settings import KINDS

PLAIN = {"autocomplete": "off", "spellcheck": "false"}
KIND_WORDS = {"openai": "OpenAI", "openai_chat": "Another address (Ollama, vLLM, Azure …)", "anthropic": "Anthropic"}


class SettingsForm(forms.Form):
    """What the workspace has chosen."""

    guests = forms.BooleanField(required=False)
    keep_texts = forms.BooleanField(required=False)
    keep_days = forms.IntegerField(min_value=1, max_value=365)
    own_tokens = forms.IntegerField(min_value=1, required=False)


class ConnectionForm(forms.Form):
    """A connection; where there is one already an empty key leaves its own."""

    name = forms.CharField(
        max_length=80, help_text="Yours to choose, such as “Our OpenAI”.", widget=forms.TextInput(attrs=PLAIN)
    )
    kind = forms.ChoiceField(label="Provider", choices=[(kind, KIND_WORDS[kind]) for kind, _ in KINDS])
    model = forms.CharField(max_length=120, help_text="As the provider names it.", widget=forms.TextInput(attrs=PLAIN))
    base_url = forms.CharField(
        max_length=300, required=False, label="Address", help_text="Empty: the provider's own. Only https, and no private network.",
        widget=forms.TextInput(attrs={"inputmode": "url", "placeholder": "https://llm.example.com/v1", **PLAIN}),
    )  # fmt: skip
    key = forms.CharField(
        max_length=500, required=False, help_text="Kept encrypted and never shown again, but for its last four characters.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "spellcheck": "false"}),
    )  # fmt: skip
    purpose = forms.ChoiceField(label="For", required=False, choices=())
    timeout = forms.IntegerField(label="Seconds without a word", min_value=1, max_value=60, initial=30)

    def __init__(self, *args: Any, purposes: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["purpose"].choices = [("", "Everything"), *purposes]  # type: ignore[attr-defined]
