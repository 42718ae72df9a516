"""Forms about oneself."""

from functools import cache
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.http import HttpRequest

from . import actions
from .models import User

AREAS = ("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
LONGEST_NAME = 100


@cache
def time_zones() -> list[tuple[str, list[tuple[str, str]] | str]]:
    """Every place of the tz database, by area, as choices."""
    places = [name.partition("/") for name in sorted(available_timezones())]
    grouped = [
        (
            area,
            [(f"{area}/{place}", place.replace("_", " ").replace("/", " – ")) for at, _, place in places if at == area],
        )
        for area in AREAS
    ]
    return [("UTC", "UTC"), *grouped]


class SignupForm(forms.Form):
    """What sign-up asks besides e-mail and password. The browser fills in its time zone."""

    name = forms.CharField(
        max_length=LONGEST_NAME,
        label="Your name",
        widget=forms.TextInput(attrs={"autocomplete": "name", "autofocus": True}),
    )
    time_zone = forms.CharField(
        required=False, max_length=64, widget=forms.HiddenInput(attrs={"data-browser-zone": ""})
    )
    field_order = ["name", "email", "password1", "time_zone"]

    def clean_time_zone(self) -> str:
        """A zone that we do not know is no reason to refuse somebody."""
        zone = self.cleaned_data["time_zone"]
        return zone if zone in available_timezones() else "UTC"

    def signup(self, request: HttpRequest, user: User) -> None:
        """Called by allauth, once the person is there."""
        values = self.cleaned_data
        actions.update_profile(user, name=values["name"], time_zone=values["time_zone"], single_keys=user.single_keys)


class AboutForm(forms.Form):
    """Name, time zone, keys."""

    name = forms.CharField(max_length=LONGEST_NAME, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    time_zone = forms.ChoiceField(choices=time_zones, help_text="Times and “today” follow it.")
    single_keys = forms.BooleanField(
        required=False,
        label="Single-key shortcuts",
        help_text="C creates, / searches. Off leaves only those with ⌘ or Ctrl.",
        widget=forms.CheckboxInput(attrs={"class": "switch"}),
    )


class EmailForm(forms.Form):
    """The address to change to."""

    email = forms.EmailField(
        max_length=254, label="New e-mail address", widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_email(self) -> str:
        address: str = self.cleaned_data["email"].lower()
        if address == self.user.email.lower():
            raise forms.ValidationError("That is your address already.")
        return address


class ThemeForm(forms.Form):
    """Light, dark, or (empty) as the device says."""

    theme = forms.ChoiceField(choices=User.Theme)
