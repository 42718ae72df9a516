"""The back-office's form of a model's price: kept in millionths of a dollar, typed in dollars."""

from decimal import Decimal
from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminDecimalFieldWidget, UnfoldAdminSelectWidget

from accounts.backoffice import ReasonedForm

from .models import ModelPrice
from .models.settings import KINDS

MILLION = 1_000_000


class Dollars(forms.DecimalField):
    """Dollars in the form, millionths in the row."""

    def __init__(self, **more: Any) -> None:
        widget = UnfoldAdminDecimalFieldWidget
        super().__init__(min_value=0, max_value=10_000, max_digits=11, decimal_places=6, widget=widget, **more)

    def prepare_value(self, value: Any) -> Any:
        return f"{(Decimal(value) / MILLION).normalize():f}" if isinstance(value, int) else value

    def clean(self, value: Any) -> Any:
        return int(super().clean(value) * MILLION)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(super().has_changed(self.prepare_value(initial), data))


class PriceForm(ReasonedForm):
    """Dollars for a million tokens."""

    provider = forms.ChoiceField(choices=KINDS, widget=UnfoldAdminSelectWidget)
    input = Dollars(label="Input", help_text="dollars for a million tokens")
    output = Dollars(label="Output", help_text="dollars for a million tokens")
    cached = Dollars(label="Cached input", help_text="dollars for a million tokens that the provider had kept")

    class Meta:
        model = ModelPrice
        fields = ("provider", "model", "input", "output", "cached")
